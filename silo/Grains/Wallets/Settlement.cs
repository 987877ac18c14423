using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using TransactionOutcome = Cluster.V1.TransactionOutcome;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>What the chain made of payments, as new states of their rows.</summary>
internal static class Settlement
{
    private const int MaxErrorLength = 1_000;

    /// <summary>
    /// The payments that the outcomes change, each in its last state. Outcomes of payments that are not open, and those
    /// that tell nothing new, change nothing.
    /// </summary>
    /// <param name="books">Know the open payments.</param>
    /// <param name="outcomes">In the order in which they happened.</param>
    /// <param name="now">When they became known.</param>
    public static IReadOnlyCollection<TransferRecord> Apply(
        WalletBooks books, IEnumerable<TransactionOutcome> outcomes, DateTimeOffset now)
    {
        var changed = new Dictionary<Signature, TransferRecord>();
        foreach (var outcome in outcomes)
        {
            if (outcome.Signature.Length != Signature.Size)
            {
                continue;
            }

            var signature = Signature.FromBytes(outcome.Signature.Span);
            if ((changed.GetValueOrDefault(signature) ?? books.Find(signature)) is { IsOpen: true } transfer
                && Next(transfer, outcome, now) is { } next
                && next != transfer)
            {
                changed[signature] = next;
            }
        }

        return changed.Values;
    }

    private static TransferRecord? Next(TransferRecord transfer, TransactionOutcome outcome, DateTimeOffset now) => outcome.Outcome switch
    {
        Outcome.Confirmed => transfer with { Status = TransferStatus.Confirmed, Slot = outcome.Slot },
        Outcome.Dropped => transfer with { Status = TransferStatus.Pending, Slot = 0 },
        Outcome.Finalized => Ended(transfer, TransferStatus.Finalized, outcome.Slot, "", now),
        Outcome.Failed => Ended(transfer, TransferStatus.Failed, outcome.Slot, Cut(outcome.Error), now),
        Outcome.Expired => Ended(transfer, TransferStatus.Expired, 0, Expired(outcome.Error), now),
        _ => null,
    };

    private static TransferRecord Ended(TransferRecord transfer, TransferStatus status, ulong slot, string error, DateTimeOffset now) =>
        transfer with { Status = status, Slot = slot, Error = error, SettledAt = now, Transaction = default };

    private static string Expired(string detail) =>
        detail.Length == 0
            ? "it did not land before its blockhash expired, and never can"
            : Cut($"it did not land before its blockhash expired, and never can; last refused because: {detail}");

    /// <summary>PostgreSQL's text holds every character but zero.</summary>
    private static string Cut(string error)
    {
        var clean = error.Replace("\0", "", StringComparison.Ordinal);
        return clean.Length <= MaxErrorLength ? clean : clean[..MaxErrorLength];
    }
}
