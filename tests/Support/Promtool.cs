using System.Diagnostics;

namespace Cluster.Tests.Support;

/// <summary>Prometheus' own checks, from Debian's package <c>prometheus</c>.</summary>
internal static class Promtool
{
    /// <summary>Runs it.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="arguments">Its own.</param>
    /// <returns>Its exit code and all that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> Run(string folder, string input, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("promtool", arguments)
            {
                UseShellExecute = false,
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException("promtool is missing: ./test installs Debian's package prometheus, which brings it", error);
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await errors);
        }
    }
}
