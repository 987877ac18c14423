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
        var transactions = Sign(key, mint, recipients, recent);

        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            transactions,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (transaction, ct) => await localnet.Rpc.SendTransaction(transaction, SkipPreflight, ct));
        await AllConfirmed(transactions, cancellationToken);
        return Stopwatch.GetElapsedTime(start);
    }

    private static List<SignedTransaction> Sign(SigningKey key, PublicKey mint, PublicKey[] recipients, RecentBlockhash recent)
    {
        var program = TokenProgram.SplTokenId;
        var terms = new TokenPayoutTerms
        {
            FeePayer = key.PublicKey,
            Owner = key.PublicKey,
            Source = AssociatedTokenAccount.Derive(key.PublicKey, mint, program),
            Mint = mint,
            Decimals = 6,
            TokenProgram = program,
        };
        var payouts = Array.ConvertAll(
            recipients,
            owner => new TokenPayout(owner, AssociatedTokenAccount.Derive(owner, mint, program, out var bump), 1, CreateTokenAccount: true, bump));
        var transactions = new List<SignedTransaction>();
        var buffer = new byte[Transaction.MaxSize];
        for (var next = 0; next < payouts.Length;)
        {
            var batch = BatchPacker.Pack(terms, payouts.AsSpan(next), recent.Blockhash, buffer);
            var signature = Transaction.Sign(buffer.AsSpan(0, batch.Size), key);
            transactions.Add(new(signature, buffer.AsSpan(0, batch.Size).ToArray(), recent.LastValidBlockHeight));
            next += batch.Count;
        }

        return transactions;
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
