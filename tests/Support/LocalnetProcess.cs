using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cluster.Tests.Support;

/// <summary>How a <see cref="LocalnetProcess"/> is started. Slots are short, so that tests are.</summary>
internal sealed record LocalnetOptions
{
    public TimeSpan Slot { get; init; } = TimeSpan.FromMilliseconds(50);

    public int ConfirmSlots { get; init; } = 1;

    public int FinalizeSlots { get; init; } = 32;

    /// <summary>A directory in which the ledger survives the process; null keeps it in memory.</summary>
    public string? Ledger { get; init; }

    /// <summary>Further arguments as on the command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>A localnet of a test's own, on a free port of the loopback interface.</summary>
internal sealed class LocalnetProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors;
    private readonly HttpClient _http;

    private LocalnetProcess(Process process, StringBuilder errors, Uri url)
    {
        _process = process;
        _errors = errors;
        Url = url;
        _http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>Where it answers JSON-RPC.</summary>
    public Uri Url { get; }

    /// <summary>What the process wrote to its standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public static async Task<LocalnetProcess> StartAsync(LocalnetOptions? options = null)
    {
        await NodePackages.EnsureAsync("localnet");
        options ??= new LocalnetOptions();
        var start = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            // Ends with this process, and the localnet with it, should the tests be killed.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                RepositoryRoot.Combine("localnet", "main.mjs"),
                "--port", "0",
                "--stop-with-stdin",
                "--slot-ms", ((long)options.Slot.TotalMilliseconds).ToString(),
                "--confirm-slots", options.ConfirmSlots.ToString(),
                "--finalize-slots", options.FinalizeSlots.ToString(),
            },
        };
        if (options.Ledger is not null)
        {
            start.ArgumentList.Add("--ledger");
            start.ArgumentList.Add(options.Ledger);
        }

        foreach (var argument in options.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return await ReadyAsync(Process.Start(start) ?? throw new InvalidOperationException("node did not start"));
    }

    /// <summary>The result of a JSON-RPC call; an error reply is thrown as <see cref="LocalnetRpcException"/>.</summary>
    public async Task<JsonNode?> CallAsync(string method, params List<object?> parameters)
    {
        var reply = await PostAsync(new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        var error = reply?["error"];
        return error is null
            ? reply?["result"]
            : throw new LocalnetRpcException((int)error["code"]!, (string)error["message"]!, error["data"]);
    }

    /// <summary>Posts any JSON to the RPC port, such as a batch, and returns the reply as it is.</summary>
    public async Task<JsonNode?> PostAsync(object? body)
    {
        using var response = await _http.PostAsJsonAsync(string.Empty, body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonNode>();
    }

    /// <summary>An administrator's command, such as <c>mint</c> or <c>time</c>; see localnet/README.md.</summary>
    public async Task<JsonNode> AdminAsync(string command, object? body = null)
    {
        using var response = await _http.PostAsJsonAsync($"admin/{command}", body ?? new { });
        var reply = await response.Content.ReadFromJsonAsync<JsonNode>();
        return response.IsSuccessStatusCode
            ? reply!
            : throw new InvalidOperationException($"/admin/{command}: {(int)response.StatusCode} {reply?["error"]}");
    }

    /// <summary>Counters of calls, landed and failed transactions.</summary>
    public async Task<JsonNode> StatsAsync() => (await _http.GetFromJsonAsync<JsonNode>("admin/stats"))!;

    /// <summary>Orders faults; what is not named is off. <c>null</c> ends all.</summary>
    public Task<JsonNode> FaultsAsync(object? faults) => AdminAsync("faults", faults);

    /// <summary>Lets slots pass at once.</summary>
    public Task<JsonNode> PassSlotsAsync(int slots) => AdminAsync("time", new { slots });

    /// <summary>Every transaction on the ledger, in the order in which they landed: signature, slot, err.</summary>
    public Task<IReadOnlyList<JsonNode>> LedgerAsync() => LinesAsync("admin/ledger");

    /// <summary>Every token account of a mint: owner, account, amount, state.</summary>
    public Task<IReadOnlyList<JsonNode>> TokenBalancesAsync(string mint) => LinesAsync($"admin/token-balances?mint={mint}");

    /// <summary>Ends the process as a crash would, by signal 9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<LocalnetProcess> ReadyAsync(Process process)
    {
        var written = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (written)
            {
                written.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        var ready = await process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout);
        if (ready is null)
        {
            await process.WaitForExitAsync();
            throw new InvalidOperationException($"localnet ended with status {process.ExitCode}:\n{written}");
        }

        using var announced = JsonDocument.Parse(ready);
        return new LocalnetProcess(process, written, new Uri(announced.RootElement.GetProperty("url").GetString()!));
    }

    private async Task<IReadOnlyList<JsonNode>> LinesAsync(string path)
    {
        var text = await _http.GetStringAsync(path);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}

/// <summary>A JSON-RPC error that a localnet answered with.</summary>
internal sealed class LocalnetRpcException(int code, string message, JsonNode? data) : Exception($"{code}: {message}")
{
    public int Code { get; } = code;

    /// <summary>The error's <c>data</c>, such as logs of a failed preflight.</summary>
    public JsonNode? Details { get; } = data;
}
