using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.V1;
using TransactionOutcome = Cluster.V1.TransactionOutcome;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// The books of one lane in memory: its row, and every batch whose end is not certain. Each method answers what a turn
/// would change, without changing anything; <see cref="Apply"/> takes it over once it is committed. No clock, no
/// database, no chain: what must never happen can be tested here.
/// </summary>
/// <remarks>
/// At any time each recipient of the lane is in exactly one of these: not reached yet (from <see cref="LaneRecord.Next"/>
/// on), covered by exactly one batch that is not replaced, or failed.
/// </remarks>
internal sealed class LaneBook
{
    private readonly Dictionary<long, BatchRecord> _open = [];
    private readonly Dictionary<Signature, long> _bySignature = [];
    private readonly SortedSet<long> _broken = [];

    public LaneBook(LaneRecord lane, IEnumerable<BatchRecord> open)
    {
        Lane = lane;
        foreach (var batch in open)
        {
            Put(batch);
        }
    }

    /// <summary>As it was committed last.</summary>
    public LaneRecord Lane { get; private set; }

    /// <summary>Batches on their way: signed, and perhaps confirmed.</summary>
    public int InFlight => _open.Count - _broken.Count;

    /// <summary>Of them, those of which nothing has been heard yet.</summary>
    public int Unconfirmed { get; private set; }

    /// <summary>Batches that can never pay, and wait to be replaced.</summary>
    public int BrokenCount => _broken.Count;

    /// <summary>All recipients are in batches or have failed, and every batch is final.</summary>
    public bool IsSettled => Lane.Next > Lane.Last && _open.Count == 0;

    /// <summary>The oldest batches that wait to be replaced.</summary>
    public IReadOnlyList<BatchRecord> Broken(int limit) => [.. _broken.Take(limit).Select(batch => _open[batch])];

    /// <summary>What outcomes change. Those of unknown signatures, and those that change nothing, change nothing.</summary>
    public LaneChange Settle(IEnumerable<TransactionOutcome> outcomes)
    {
        var touched = new Dictionary<long, BatchRecord>();
        var (progress, landedSlot) = (Lane.Progress, Lane.LandedSlot);
        foreach (var outcome in outcomes)
        {
            if (Find(Signature.FromBytes(outcome.Signature.Span)) is not { } batch)
            {
                continue;
            }

            batch = touched.GetValueOrDefault(batch.Batch, batch);
            var next = BatchTransitions.After(batch, outcome);
            progress = progress.Move(batch, next.Status);
            if (next != batch)
            {
                touched[batch.Batch] = next;
                landedSlot = Math.Max(landedSlot, next.Slot);
            }
        }

        var lane = Lane with
        {
            Progress = progress,
            LandedSlot = Lane.State == LaneState.LaneSweeping ? Lane.LandedSlot : landedSlot,
            Setbacks = progress.Finalized > Lane.Progress.Finalized ? 0 : Lane.Setbacks,
        };
        return new LaneChange(lane) { Settled = [.. touched.Values] };
    }

    /// <summary>What a plan changes.</summary>
    /// <exception cref="InvalidOperationException">The plan would pay a recipient twice or leave one out.</exception>
    public LaneChange Enter(LanePlan plan)
    {
        PlanCheck.Require(plan, Lane, _open);
        var progress = Lane.Progress;
        var batches = new List<BatchRecord>(plan.Batches.Count);
        foreach (var planned in plan.Batches)
        {
            var batch = planned.Record(Lane.NextBatch + batches.Count);
            progress = progress with { InFlight = progress.InFlight + batch.Count };
            batches.Add(batch);
        }

        var resigned = plan.Replaced.Count(batch => _open[batch].Status == BatchStatus.Expired);
        var lane = Lane with
        {
            Next = plan.Next ?? Lane.Next,
            NextBatch = Lane.NextBatch + batches.Count,
            Progress = progress with
            {
                Failed = progress.Failed + plan.Failures.Count,
                Resigned = progress.Resigned + resigned,
            },
        };
        return new LaneChange(lane)
        {
            Signed = batches,
            Transactions = [.. plan.Batches.Select(batch => batch.Transaction)],
            Replaced = plan.Replaced,
            Failures = plan.Failures,
        };
    }

    /// <summary>Whether the plan was made for the lane as it is: nothing of it was overtaken by another turn.</summary>
    public bool IsCurrent(LanePlan plan) =>
        (plan.Next is null || plan.First == Lane.Next) && plan.Replaced.All(_broken.Contains);

    /// <summary>Takes over what was committed.</summary>
    public void Apply(LaneChange committed)
    {
        Lane = committed.Lane with { Version = committed.Lane.Version + 1 };
        foreach (var batch in committed.Settled)
        {
            Put(batch);
        }

        foreach (var batch in committed.Replaced)
        {
            Remove(_open[batch]);
        }

        foreach (var batch in committed.Signed)
        {
            Put(batch);
        }
    }

    private BatchRecord? Find(Signature signature) =>
        _bySignature.TryGetValue(signature, out var batch) ? _open[batch] : null;

    private void Put(BatchRecord batch)
    {
        if (_open.TryGetValue(batch.Batch, out var before))
        {
            Remove(before);
        }

        if (batch.Status is BatchStatus.Finalized or BatchStatus.Replaced)
        {
            return;
        }

        _open.Add(batch.Batch, batch);
        _bySignature.Add(batch.Signature, batch.Batch);
        if (batch.IsBroken)
        {
            _broken.Add(batch.Batch);
        }

        Unconfirmed += batch.Status == BatchStatus.Signed ? 1 : 0;
    }

    private void Remove(BatchRecord batch)
    {
        _open.Remove(batch.Batch);
        _bySignature.Remove(batch.Signature);
        _broken.Remove(batch.Batch);
        Unconfirmed -= batch.Status == BatchStatus.Signed ? 1 : 0;
    }
}
