using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cluster.Tests.Support;

namespace Cluster.Tests.Solana;

/// <summary>A Node program of tests/clients that answers a line of JSON with a line of JSON.</summary>
public sealed class NodeClient : IAsyncDisposable
{
    private const string Folder = "tests/clients";
    private const int PipelineDepth = 64;

    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeClient(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static async Task<NodeClient> StartAsync(string script)
    {
        await NodePackages.EnsureAsync(Folder);
        var process = Process.Start(new ProcessStartInfo("node", [RepositoryRoot.Combine(Folder, script)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("node did not start");
        return new NodeClient(process);
    }

    public async Task<JsonNode?> AskAsync(JsonObject request) => (await AskAllAsync([request]))[0];

    /// <summary>Asks many questions without waiting for each answer; few enough at once that no pipe fills up.</summary>
    public async Task<IReadOnlyList<JsonNode?>> AskAllAsync(IEnumerable<JsonObject> requests)
    {
        var answers = new List<JsonNode?>();
        foreach (var chunk in requests.Chunk(PipelineDepth))
        {
            var writing = WriteAsync(chunk);
            foreach (var request in chunk) answers.Add(await ReadAsync(request));
            await writing;
        }

        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WriteAsync(JsonObject[] requests)
    {
        foreach (var request in requests) await _process.StandardInput.WriteLineAsync(request.ToJsonString());
        await _process.StandardInput.FlushAsync();
    }

    private async Task<JsonNode?> ReadAsync(JsonObject request)
    {
        var line = await _process.StandardOutput.ReadLineAsync();
        if (line is null) throw new InvalidOperationException($"node ended: {await _errors}");
        var answer = JsonNode.Parse(line) ?? throw new JsonException("node answered null");
        if (answer["error"] is { } error) throw new InvalidOperationException($"{error} in answer to {request.ToJsonString()}");
        return answer["result"];
    }
}
