using System.Diagnostics;
using Cluster.Tests.Support;

namespace Cluster.Tests.EndToEnd;

/// <summary>The command line's executable, of the configuration that the tests were built in.</summary>
internal static class CommandLine
{
    /// <summary>Bounds what the process may allocate, whatever it is fed.</summary>
    private const string HeapLimit = "0x8000000";

    /// <summary>Runs a command to its end, as the administrator.</summary>
    public static async Task<(int ExitCode, string Output)> Run(IRunningCluster cluster, params string[] arguments)
    {
        var target = new DirectoryInfo(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(RepositoryRoot.Combine("cli", "bin", target.Parent!.Name, target.Name, "cluster"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["CLUSTER_SERVER"] = string.Join(',', cluster.Servers),
                ["CLUSTER_API_KEY"] = cluster.AdministratorKey,
                ["DOTNET_GCHeapHardLimit"] = HeapLimit,
            },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
