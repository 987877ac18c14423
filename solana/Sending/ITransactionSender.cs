namespace Cluster.Solana;

/// <summary>Sends signed transactions until their fate is certain. One serves all wallets of a process.</summary>
public interface ITransactionSender
{
    /// <summary>
    /// A blockhash to sign with, from the cache unless that has grown old; then it waits for a node's answer.
    /// </summary>
    /// <exception cref="RpcException">No endpoint could give one in time.</exception>
    ValueTask<RecentBlockhash> GetRecentBlockhash(CancellationToken ct);

    /// <summary>
    /// The price to offer for landing soon, in micro-lamports a compute unit: a percentile of what was paid lately for
    /// the accounts that the transaction writes, within the configured floor and cap. Falls back to the last known
    /// price, then the floor, while no endpoint answers: a fee is advice and never stops a payment.
    /// </summary>
    /// <param name="writable">The contended accounts; at most 128 are considered, none means the whole ledger.</param>
    /// <param name="ct">Ends the wait.</param>
    ValueTask<ulong> GetPriorityFee(ReadOnlyMemory<PublicKey> writable, CancellationToken ct);

    /// <summary>
    /// Takes transactions in, to be sent and sent again until each is finalized, failed or proven expired. Waits while
    /// too many are in flight, and returns when all are taken in, not when they have landed. If it is cancelled, those
    /// not yet taken in are left untouched. Idempotent by signature: a transaction in flight is not doubled, it only
    /// reports to the new sink from then on, beginning with where it stands.
    /// </summary>
    ValueTask Submit(IReadOnlyList<SignedTransaction> transactions, IOutcomeSink sink, SubmitOptions options, CancellationToken ct);
}

/// <summary>Shorter forms of the sender's calls.</summary>
public static class TransactionSenderExtensions
{
    /// <summary>Submits transactions that have never been sent (<see cref="SubmitOptions.Fresh"/>).</summary>
    public static ValueTask Submit(
        this ITransactionSender sender, IReadOnlyList<SignedTransaction> transactions, IOutcomeSink sink, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sender);
        return sender.Submit(transactions, sink, SubmitOptions.Fresh, ct);
    }
}
