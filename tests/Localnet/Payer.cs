using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.Tests.Support;

namespace Cluster.Tests.Localnet;

/// <summary>A wallet with lamports on a localnet, and the transfers it signs.</summary>
internal sealed class Payer : IDisposable
{
    private readonly LocalnetProcess _localnet;
    private readonly SigningKey _key = SigningKey.Generate();

    private Payer(LocalnetProcess localnet) => _localnet = localnet;

    public PublicKey Address => _key.PublicKey;

    public static async Task<Payer> FundedAsync(LocalnetProcess localnet, ulong lamports = 100_000_000_000)
    {
        var payer = new Payer(localnet);
        await localnet.CallAsync("requestAirdrop", payer.Address.ToString(), lamports);
        return payer;
    }

    /// <summary>A fresh address that nobody holds the key of for long.</summary>
    public static PublicKey NewAddress()
    {
        using var key = SigningKey.Generate();
        return key.PublicKey;
    }

    public async Task<byte[]> TransferAsync(PublicKey to, ulong lamports) => Transfer(to, lamports, await BlockhashAsync());

    public byte[] Transfer(PublicKey to, ulong lamports, Blockhash blockhash)
    {
        var builder = new TransactionBuilder(Address);
        SystemProgram.Transfer(ref builder, Address, to, lamports);
        var transaction = new byte[builder.Size];
        builder.Write(blockhash, transaction);
        Transaction.Sign(transaction, _key);
        return transaction;
    }

    /// <summary>The newest blockhash, of another localnet than the one that funded this wallet where one is given.</summary>
    public async Task<Blockhash> BlockhashAsync(LocalnetProcess? localnet = null)
    {
        var latest = await (localnet ?? _localnet).CallAsync("getLatestBlockhash", new { commitment = "processed" });
        return Blockhash.Parse((string)latest!["value"]!["blockhash"]!);
    }

    public async Task<string> SendAsync(byte[] transaction, bool skipPreflight = false) =>
        (string)(await _localnet.CallAsync(
            "sendTransaction",
            Convert.ToBase64String(transaction),
            new { encoding = "base64", skipPreflight, preflightCommitment = "processed" }))!;

    /// <summary>What <c>getSignatureStatuses</c> says, null where the signature is unknown.</summary>
    public async Task<JsonNode?> StatusAsync(string signature) =>
        (await _localnet.CallAsync("getSignatureStatuses", new[] { signature }, new { searchTransactionHistory = true }))!["value"]![0];

    public async Task<ulong> BalanceAsync(PublicKey address) =>
        (ulong)(await _localnet.CallAsync("getBalance", address.ToString()))!["value"]!;

    public void Dispose() => _key.Dispose();
}
