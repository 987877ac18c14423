using System.Diagnostics;

namespace Cluster.Tests.Support;

/// <summary>The npm packages of a folder in the checkout, installed when a test first needs them.</summary>
internal static class NodePackages
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <param name="folder">relative to the checkout, with a package-lock.json.</param>
    public static async Task EnsureAsync(string folder)
    {
        await OneAtATime.WaitAsync();
        try
        {
            await InstallAsync(RepositoryRoot.Combine(folder));
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static async Task InstallAsync(string folder)
    {
        var lockFile = Path.Combine(folder, "package-lock.json");
        // npm writes this file last, so it tells a finished installation from an interrupted one.
        var marker = Path.Combine(folder, "node_modules", ".package-lock.json");
        if (File.Exists(marker) && File.GetLastWriteTimeUtc(marker) >= File.GetLastWriteTimeUtc(lockFile))
        {
            return;
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("npm did not start");
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci in {folder} failed:\n{await output}{await errors}");
        }
    }
}
