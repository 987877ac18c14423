using System.Diagnostics;

namespace Cluster.Tests.Support;

/// <summary>A software HSM with one token, in a temporary folder. Its library reads the environment once: one serves all tests.</summary>
internal sealed class SoftHsm
{
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    public const string Token = "cluster";
    public const string Pin = "482913";

    private static readonly Lazy<SoftHsm> Instance = new(() => new SoftHsm());

    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-softhsm-").FullName;

    private SoftHsm()
    {
        var tokens = Directory.CreateDirectory(Path.Combine(_folder, "tokens")).FullName;
        var configuration = Path.Combine(_folder, "softhsm2.conf");
        File.WriteAllText(configuration, $"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
        SetNativeVariable("SOFTHSM2_CONF", configuration);
        var start = new ProcessStartInfo("softhsm2-util", ["--init-token", "--free", "--label", Token, "--so-pin", "739104", "--pin", Pin])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["SOFTHSM2_CONF"] = configuration },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"softhsm2-util made no token: {output}");
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The folder in which the token's objects are files.</summary>
    public static string Folder => Instance.Value._folder;

    /// <summary>The runtime keeps variables that are set while it runs to itself; a native library does not see them.</summary>
    private static void SetNativeVariable(string name, string value) => _ = setenv(name, value, 1);

    [System.Runtime.InteropServices.DllImport("libc", CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
    private static extern int setenv(string name, string value, int overwrite);
}
