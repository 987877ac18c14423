using System.Diagnostics;
using System.Net;
using System.Text;

namespace Cluster.Tests.Support;

/// <summary>
/// A built executable that says over HTTP when it is ready. It can be killed with signal 9 or paused at any moment, and
/// started again as it was.
/// </summary>
internal abstract class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly StringBuilder _output = new();
    private readonly string _executable;
    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly HttpClient _http;
    private Process? _process;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="executable">The file.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">What configures it; nothing of the tests' own configuration reaches it.</param>
    /// <param name="httpAddress">Where it answers <c>/health/ready</c>.</param>
    protected ServerProcess(string executable, string[] arguments, IReadOnlyDictionary<string, string> environment, Uri httpAddress)
    {
        (_executable, _arguments, _environment, HttpAddress) = (executable, arguments, environment, httpAddress);
        _http = new HttpClient { BaseAddress = httpAddress, Timeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>Where health is served.</summary>
    public Uri HttpAddress { get; }

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

    private Process Running => _process ?? throw new InvalidOperationException("the process is not running");

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
        await Signal("TERM");
        return await End();
    }

    /// <summary>Waits until the process has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> End()
    {
        var process = Running;
        await process.WaitForExitAsync().WaitAsync(StartTimeout);
        var exitCode = process.ExitCode;
        process.Dispose();
        _process = null;
        return exitCode;
    }

    /// <summary>Sends the process a signal such as <c>STOP</c> or <c>CONT</c>.</summary>
    public async Task Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{ProcessId}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Starts the killed or stopped process again; returns when it is ready.</summary>
    public async Task Restart()
    {
        Launch();
        await Ready();
    }

    /// <summary>Starts the process, ready or not.</summary>
    public void Launch()
    {
        if (_process is not null)
        {
            throw new InvalidOperationException("the process is running already");
        }

        _process = Launch(_executable, _environment, _arguments, _output);
    }

    /// <summary>Waits until the process is ready.</summary>
    public Task Ready() => Answers("/health/ready");

    /// <summary>Whether the process says that it is ready.</summary>
    public Task<bool> IsReady() => IsOk("/health/ready");

    /// <summary>Waits until the process serves, though it may lack something to be ready.</summary>
    public Task Live() => Answers("/health/live");

    public virtual async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await Kill();
        }

        _http.Dispose();
    }

    /// <summary>Runs an executable to its end.</summary>
    protected static async Task<(int ExitCode, string Output)> RunToEnd(
        string executable, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var output = new StringBuilder();
        using var process = Launch(executable, environment, arguments, output);
        await process.WaitForExitAsync().WaitAsync(StartTimeout);
        lock (output)
        {
            return (process.ExitCode, output.ToString());
        }
    }

    /// <summary>A project's own build output, of the configuration that the tests were built in.</summary>
    protected static string BuiltExecutable(string project, string name)
    {
        var target = new DirectoryInfo(AppContext.BaseDirectory);
        return RepositoryRoot.Combine(project, "bin", target.Parent!.Name, target.Name, name);
    }

    private static Process Launch(string executable, IReadOnlyDictionary<string, string> environment, string[] arguments, StringBuilder output)
    {
        var start = new ProcessStartInfo(executable, arguments)
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
        || name is "SOLANA_RPC_URL" or "SOLANA_NETWORK" or "WALLET_ENCRYPTION_KEY" or "WALLET_MAX_TRANSACTION_AMOUNT"
            or "AUDIT_HMAC_KEY" or "AUDIT_HMAC_FORMER_KEYS";

    private async Task Answers(string path)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await IsOk(path))
        {
            if (Running.HasExited)
            {
                throw new InvalidOperationException($"the process ended with status {Running.ExitCode}:\n{Output}");
            }

            if (Stopwatch.GetElapsedTime(start) > StartTimeout)
            {
                throw new InvalidOperationException($"the process was not ready within {StartTimeout.TotalSeconds} seconds:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25));
        }
    }

    private async Task<bool> IsOk(string path)
    {
        try
        {
            using var response = await _http.GetAsync(path);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // Not listening yet.
            return false;
        }
    }
}
