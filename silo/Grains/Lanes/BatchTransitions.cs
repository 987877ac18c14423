using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>What an outcome makes of a batch, and what that does to the lane's progress.</summary>
internal static class BatchTransitions
{
    /// <summary>
    /// The batch after an outcome. Outcomes may come twice and late; what is final stays, except that a landing beats
    /// an expiry: the ledger is the last word on what was paid.
    /// </summary>
    public static BatchRecord After(BatchRecord batch, TransactionOutcome outcome) => (batch.Status, outcome.Outcome) switch
    {
        (BatchStatus.Signed, Outcome.Confirmed) => batch with { Status = BatchStatus.Confirmed, Slot = outcome.Slot },
        (BatchStatus.Confirmed, Outcome.Dropped) => batch with { Status = BatchStatus.Signed, Slot = 0 },
        (BatchStatus.Signed or BatchStatus.Confirmed or BatchStatus.Expired, Outcome.Finalized) =>
            batch with { Status = BatchStatus.Finalized, Slot = outcome.Slot },
        (BatchStatus.Signed or BatchStatus.Confirmed, Outcome.Failed) => batch with
        {
            Status = outcome.PayerLackedFunds ? BatchStatus.Unfunded : BatchStatus.Rejected,
            Slot = outcome.Slot,
            Error = outcome.Error,
        },
        (BatchStatus.Signed or BatchStatus.Confirmed, Outcome.Expired) =>
            batch with { Status = BatchStatus.Expired, Slot = 0, Error = outcome.Error },
        _ => batch,
    };

    /// <summary>The lane's progress after a batch has gone from its status to another.</summary>
    public static LaneProgress Move(this LaneProgress progress, BatchRecord batch, BatchStatus to) =>
        batch.Status == to ? progress : progress.Count(batch, batch.Status, -1).Count(batch, to, +1);

    private static LaneProgress Count(this LaneProgress progress, BatchRecord batch, BatchStatus status, int sign)
    {
        var isPaid = status is BatchStatus.Confirmed or BatchStatus.Finalized;
        var hasLanded = isPaid || status is BatchStatus.Rejected or BatchStatus.Unfunded;
        return progress with
        {
            InFlight = progress.InFlight + (status == BatchStatus.Signed ? sign * batch.Count : 0),
            Paid = progress.Paid + (isPaid ? sign * batch.Count : 0),
            PaidAmount = Add(progress.PaidAmount, isPaid ? batch.Amount : 0, sign),
            Finalized = progress.Finalized + (status == BatchStatus.Finalized ? sign * batch.Count : 0),
            Transactions = progress.Transactions + (hasLanded ? sign : 0),
            Fees = Add(progress.Fees, hasLanded ? batch.Fee : 0, sign),
            Rent = Add(progress.Rent, isPaid ? batch.Rent : 0, sign),
        };
    }

    private static ulong Add(ulong total, ulong amount, int sign) => checked(sign > 0 ? total + amount : total - amount);
}
