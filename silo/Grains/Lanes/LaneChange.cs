using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Campaigns;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>What one turn of a lane changes; all of it commits together.</summary>
/// <param name="Lane">The lane's row as it shall be, still with the version that was read.</param>
internal sealed record LaneChange(LaneRecord Lane)
{
    /// <summary>Open batches as outcomes left them.</summary>
    public IReadOnlyList<BatchRecord> Settled { get; init; } = [];

    /// <summary>New batches.</summary>
    public IReadOnlyList<BatchRecord> Signed { get; init; } = [];

    /// <summary>Their signed bytes, in the same order.</summary>
    public IReadOnlyList<byte[]> Transactions { get; init; } = [];

    /// <summary>Numbers of batches whose recipients are in the new ones or have failed.</summary>
    public IReadOnlyList<long> Replaced { get; init; } = [];

    /// <summary>Recipients that cannot be paid.</summary>
    public IReadOnlyList<PaymentFailure> Failures { get; init; } = [];

    /// <summary>Adds the statements; the lane's version guards all of them.</summary>
    public void AddTo(Changes changes)
    {
        LaneStore.Update(changes, Lane);
        BatchStore.Settle(changes, Lane, Settled);
        BatchStore.Replace(changes, Lane, Replaced);
        BatchStore.Insert(changes, Lane, Signed, Transactions);
        FailureStore.InsertPayments(changes, Lane.CampaignId, Failures);
    }
}
