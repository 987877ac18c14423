using System.Globalization;
using System.Text.Json.Nodes;
using Cluster.Solana;

namespace Cluster.Tests.Solana;

/// <summary>The real Solana virtual machine, for programs and transactions without a validator around them.</summary>
public sealed class VirtualMachine : IAsyncDisposable
{
    private readonly NodeClient _node;

    private VirtualMachine(NodeClient node) => _node = node;

    public static async Task<VirtualMachine> StartAsync() => new(await NodeClient.StartAsync("vm.mjs"));

    public async Task<SigningKey> FundAsync(ulong lamports)
    {
        var key = SigningKey.Generate();
        await _node.AskAsync(new JsonObject { ["kind"] = "airdrop", ["key"] = $"{key.PublicKey}", ["lamports"] = $"{lamports}" });
        return key;
    }

    public async Task<Blockhash> NewBlockhashAsync()
    {
        var answer = await _node.AskAsync(new JsonObject { ["kind"] = "blockhash" });
        return Blockhash.Parse(answer!.GetValue<string>());
    }

    public async Task<ulong> MinimumBalanceAsync(int size)
    {
        var answer = await _node.AskAsync(new JsonObject { ["kind"] = "rent", ["size"] = size });
        return ulong.Parse(answer!.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    public async Task<(PublicKey Owner, ulong Lamports, byte[] Data)?> AccountAsync(PublicKey key)
    {
        var account = await _node.AskAsync(new JsonObject { ["kind"] = "account", ["key"] = $"{key}" });
        if (account is null) return null;
        return (
            PublicKey.Parse(account["owner"]!.GetValue<string>()),
            ulong.Parse(account["lamports"]!.GetValue<string>(), CultureInfo.InvariantCulture),
            Convert.FromBase64String(account["data"]!.GetValue<string>()));
    }

    /// <summary>Signs and executes; returns the error, if any, the logs and the compute units taken.</summary>
    public async Task<Outcome> SendAsync(ReadOnlyMemory<byte> transaction, params SigningKey[] signers)
    {
        var signed = transaction.ToArray();
        foreach (var signer in signers) Transaction.Sign(signed, signer);
        var answer = await _node.AskAsync(new JsonObject { ["kind"] = "send", ["transaction"] = Convert.ToBase64String(signed) });
        return new Outcome(
            answer!["error"]?.GetValue<string>(),
            string.Join('\n', answer["logs"]!.AsArray().Select(line => line!.GetValue<string>())),
            uint.Parse(answer["units"]!.GetValue<string>(), CultureInfo.InvariantCulture));
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    public sealed record Outcome(string? Error, string Logs, uint ComputeUnits)
    {
        public override string ToString() => $"{Error}\n{Logs}";
    }
}
