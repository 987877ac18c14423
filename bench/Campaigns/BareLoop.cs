using System.Diagnostics;
using Cluster.Solana;

namespace Cluster.Bench.Campaigns;

/// <summary>The limit: the same transactions, signed beforehand, sent by a bare loop that keeps no books.</summary>
/// <param name="localnet">The ledger.</param>
internal sealed class BareLoop(Localnet localnet)
{
    private const int Concurrency = 256;
    private static readonly SendOptions SkipPreflight = new(SkipPreflight: true);

    private const ulong Lamports = 500_000_000_000;

    /// <summary>Pays one base unit to everybody, token accounts made on the way.</summary>
    /// <param name="recipients">Everybody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>From the first send to the last confirmation.</returns>
    public async Task<TimeSpan> Send(PublicKey[] recipients, CancellationToken cancellationToken)
    {
        using var key = SigningKey.Generate();
        await localnet.Airdrop(key.PublicKey, Lamports, cancellationToken);
        var mint = await localnet.Mint(key.PublicKey, cancellationToken);
        var recent = await localnet.Rpc.GetLatestBlockhash(RpcQuery.Confirmed, cancellationToken);
        var transactions = new PayoutScript(key, mint, create: true).Sign(recipients, recent);

        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            transactions,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (transaction, ct) => await localnet.Rpc.SendTransaction(transaction, SkipPreflight, ct));
        await AllConfirmed(transactions, cancellationToken);
        return Stopwatch.GetElapsedTime(start);
    }

    private async Task AllConfirmed(List<SignedTransaction> transactions, CancellationToken cancellationToken)
    {
        var open = transactions.ConvertAll(transaction => transaction.Signature);
        while (open.Count > 0)
        {
            var statuses = await localnet.Rpc.GetSignatureStatuses(open, searchHistory: false, cancellationToken);
            open = [.. open.Where((_, index) => !Confirmed(statuses.Value[index]))];
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    private static bool Confirmed(SignatureStatus? status) => status switch
    {
        null => false,
        { Err: { } error } => throw new InvalidOperationException($"a transaction of the bare loop failed: {error}"),
        _ => status.Commitment >= Commitment.Confirmed,
    };
}
