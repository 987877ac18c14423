using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cluster.Solana;

namespace Cluster.Bench.Campaigns;

/// <summary>The ledger, and what only its administrator may do.</summary>
/// <param name="url">Where it listens.</param>
internal sealed class Localnet(Uri url) : IDisposable
{
    private const ulong Supply = 1UL << 60;

    private readonly HttpClient _http = new() { BaseAddress = url };

    /// <summary>Questions and transactions, as any client has them.</summary>
    public SolanaRpcClient Rpc { get; } = new(new RpcEndpoint(url));

    /// <summary>Makes a mint and gives its supply away.</summary>
    /// <param name="owner">Who gets it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PublicKey> Mint(PublicKey owner, CancellationToken cancellationToken)
    {
        var reply = await Admin(
            "mint",
            new JsonObject { ["decimals"] = 6, ["owner"] = owner.ToString(), ["supply"] = Supply.ToString() },
            cancellationToken);
        return PublicKey.Parse(reply["mint"]!.GetValue<string>());
    }

    /// <summary>Adds a delay to every reply.</summary>
    /// <param name="milliseconds">0 takes it away.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task Latency(int milliseconds, CancellationToken cancellationToken) =>
        Admin("faults", new JsonObject { ["latencyMs"] = milliseconds }, cancellationToken);

    /// <summary>Gives SOL and waits until it is confirmed.</summary>
    /// <param name="to">Who gets it.</param>
    /// <param name="lamports">How much.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task Airdrop(PublicKey to, ulong lamports, CancellationToken cancellationToken)
    {
        var before = (await Rpc.GetBalance(to, RpcQuery.Confirmed, cancellationToken)).Value;
        await Rpc.RequestAirdrop(to, lamports, RpcQuery.Confirmed, cancellationToken);
        while ((await Rpc.GetBalance(to, RpcQuery.Confirmed, cancellationToken)).Value == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rpc.Dispose();
        _http.Dispose();
    }

    private async Task<JsonNode> Admin(string command, JsonObject body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync($"/admin/{command}", body, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
    }
}
