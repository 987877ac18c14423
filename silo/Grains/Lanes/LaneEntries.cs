using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Has turns enter what the pump did, and hands what they committed to the sender. Whatever fails in between, every
/// transaction that was committed comes to the sender in the end.
/// </summary>
internal sealed class LaneEntries(LaneContext lane, LaneDesk desk, IGrains grains, LanePumpParts parts) : IDisposable
{
    private const int TakenUpAtOnce = 256;

    private readonly LaneOutcomeSink _sink = new(grains, lane.LaneId);
    private readonly SemaphoreSlim _oneStep = new(1, 1);
    private bool _mustTakeUp = true;

    /// <summary>
    /// Hands every transaction that was committed, and perhaps never sent, to the sender: after a start, and whenever it
    /// is not certain that what was committed was also handed over.
    /// </summary>
    public async Task TakeUp(CancellationToken cancellationToken)
    {
        if (!_mustTakeUp)
        {
            return;
        }

        var (after, count) = (-1L, 0);
        while (await parts.Batches.ListUnsettled(lane.CampaignId, desk.View.Lane.Lane, after, TakenUpAtOnce, cancellationToken) is { Count: > 0 } page)
        {
            await parts.Sender.Submit([.. page.Select(batch => batch.Transaction)], _sink, SubmitOptions.TakenUp, cancellationToken);
            (after, count) = (page[^1].Batch, count + page.Count);
        }

        _mustTakeUp = false;
        if (count > 0)
        {
            LaneLog.TookUp(parts.Logger, lane.LaneId, count);
        }
    }

    /// <summary>Hands them over once more; the sender knows those that it has by their signatures.</summary>
    public Task TakeUpAgain(CancellationToken cancellationToken)
    {
        _mustTakeUp = true;
        return TakeUp(cancellationToken);
    }

    /// <summary>Has a turn enter a step. After a failure nobody knows whether it did.</summary>
    /// <returns>Whether it was entered; false where another turn has overtaken it.</returns>
    public async Task<bool> Enter(LaneStep step, CancellationToken cancellationToken)
    {
        await _oneStep.WaitAsync(cancellationToken);
        try
        {
            var pending = desk.HandIn(step);
            var mustTakeUp = _mustTakeUp;
            _mustTakeUp = true;
            await grains.Call<AdvanceLaneReply>(new AdvanceLaneRequest { LaneId = lane.LaneId }, lane.Call(cancellationToken));
            _mustTakeUp = mustTakeUp;
            return pending.IsEntered;
        }
        finally
        {
            desk.Take();
            _oneStep.Release();
        }
    }

    /// <summary>Has a turn enter signed batches, and sends them.</summary>
    /// <returns>False where another turn has overtaken the plan: nothing of it was entered, nothing is sent.</returns>
    public async Task<bool> Submit(LanePlan plan, CancellationToken cancellationToken)
    {
        if (!await Enter(new LaneStep.Planned(plan), cancellationToken))
        {
            return false;
        }

        _mustTakeUp = true;
        await parts.Sender.Submit([.. plan.Batches.Select(batch => batch.ToSend())], _sink, cancellationToken);
        _mustTakeUp = false;
        return true;
    }

    public void Dispose() => _oneStep.Dispose();
}
