using System.Diagnostics;
using System.Net;
using System.Text;

namespace Cluster.Tests.Support;

/// <summary>
/// The built gateway executable with its embedded silo, on free ports, against a database and a localnet. Can be killed
/// with signal 9 at any moment and started again on the same ports, with the same state.
/// </summary>
internal sealed class ClusterProcess : IAsyncDisposable
{
    /// <summary>Of the wallets of every cluster under test; any 32 bytes.</summary>
    public const string WalletEncryptionKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string> _environment;
    private readonly StringBuilder _output = new();
    private readonly string _stateDirectory;
    private readonly HttpClient _http;
    private Process? _process;

    private ClusterProcess(string connectionString, Uri rpc, IReadOnlyDictionary<string, string> options)
    {
        _stateDirectory = Directory.CreateTempSubdirectory("cluster-process-").FullName;
        GrpcAddress = new Uri($"http://127.0.0.1:{LoopbackPort.Reserve()}");
        HttpAddress = new Uri($"http://127.0.0.1:{LoopbackPort.Reserve()}");
        _http = new HttpClient { BaseAddress = HttpAddress, Timeout = TimeSpan.FromSeconds(5) };
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Cluster"] = connectionString,
            ["SOLANA_RPC_URL"] = rpc.ToString(),
            ["WALLET_ENCRYPTION_KEY"] = WalletEncryptionKey,
            ["Cluster__StateDirectory"] = _stateDirectory,
            ["Cluster__Grpc__Port"] = $"{GrpcAddress.Port}",
            ["Cluster__Http__Port"] = $"{HttpAddress.Port}",
        };
        foreach (var (name, value) in options)
        {
            _environment[name] = value;
        }
    }

    /// <summary>Where gRPC is served.</summary>
    public Uri GrpcAddress { get; }

    /// <summary>Where JSON and health are served.</summary>
    public Uri HttpAddress { get; }

    /// <summary>The administrator's key, which the first start made.</summary>
    public string AdministratorKey => File.ReadAllText(Path.Combine(_stateDirectory, "admin.key")).Trim();

    /// <summary>The process's id while it runs.</summary>
    public int ProcessId => Running.Id;

    /// <summary>The most memory that this life of it has held.</summary>
    public int PeakMebibytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{ProcessId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return int.Parse(line.AsSpan("VmHWM:".Length, line.Length - "VmHWM:kB".Length)) / 1024;
        }
    }

    /// <summary>All that it wrote, over all its lives.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private Process Running => _process ?? throw new InvalidOperationException("the cluster is not running");

    /// <summary>Starts a cluster; returns when it is ready.</summary>
    /// <param name="database">Keeps its books.</param>
    /// <param name="localnet">Its chain.</param>
    /// <param name="options">Environment variables such as <c>Cluster__Access__MaxRequests</c>.</param>
    public static Task<ClusterProcess> Start(TestDatabase database, LocalnetProcess localnet, params (string Name, string Value)[] options) =>
        Start(database.ConnectionString, localnet.Url, options);

    /// <summary>Starts a cluster on whatever database and endpoint; returns when it is ready.</summary>
    public static async Task<ClusterProcess> Start(string connectionString, Uri rpc, params (string Name, string Value)[] options)
    {
        var cluster = new ClusterProcess(connectionString, rpc, options.ToDictionary(option => option.Name, option => option.Value));
        await cluster.Restart();
        return cluster;
    }

    /// <summary>Runs the executable to its end, for starts that must fail.</summary>
    /// <param name="environment">All of it but PATH and HOME.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<(int ExitCode, string Output)> Run(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var output = new StringBuilder();
        using var process = Launch(environment, arguments, output);
        await process.WaitForExitAsync().WaitAsync(StartTimeout);
        lock (output)
        {
            return (process.ExitCode, output.ToString());
        }
    }

    /// <summary>Ends the process with signal 9, as a crash would. Nothing of it runs on when this returns.</summary>
    public async Task Kill()
    {
        var process = Running;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>Asks the process to stop, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Stop()
    {
        var process = Running;
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync().WaitAsync(StartTimeout);
        var exitCode = process.ExitCode;
        process.Dispose();
        _process = null;
        return exitCode;
    }

    /// <summary>Starts the killed or stopped process again; returns when it is ready.</summary>
    public async Task Restart()
    {
        if (_process is not null)
        {
            throw new InvalidOperationException("the cluster is running already");
        }

        _process = Launch(_environment, [], _output);
        await Ready();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await Kill();
        }

        _http.Dispose();
        Directory.Delete(_stateDirectory, recursive: true);
    }

    private static Process Launch(IReadOnlyDictionary<string, string> environment, string[] arguments, StringBuilder output)
    {
        var start = new ProcessStartInfo(Executable(), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var foreign in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(foreign);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The tests' own environment must not configure the cluster under test.</summary>
    private static bool IsForeign(string name) =>
        name.StartsWith("Cluster__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)
        || name is "SOLANA_RPC_URL" or "SOLANA_NETWORK" or "WALLET_ENCRYPTION_KEY" or "WALLET_MAX_TRANSACTION_AMOUNT";

    /// <summary>The gateway's own build output, of the configuration that the tests were built in.</summary>
    private static string Executable()
    {
        var target = new DirectoryInfo(AppContext.BaseDirectory);
        return RepositoryRoot.Combine("gateway", "bin", target.Parent!.Name, target.Name, "cluster-gateway");
    }

    private async Task Ready()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Running.HasExited)
            {
                throw new InvalidOperationException($"the cluster ended with status {Running.ExitCode}:\n{Output}");
            }

            try
            {
                using var response = await _http.GetAsync("/health/ready");
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                // Not listening yet.
            }

            if (Stopwatch.GetElapsedTime(start) > StartTimeout)
            {
                throw new InvalidOperationException($"the cluster was not ready within {StartTimeout.TotalSeconds} seconds:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25));
        }
    }
}
