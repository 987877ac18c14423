using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Drives a lane beside its turns: it waits for the chain, reads, packs and signs, and hands what it has done or
/// learned to a turn, which commits it. It decides nothing about money; a pump that dies leaves nothing behind but
/// signed transactions that nobody has sent.
/// </summary>
internal sealed class LanePump(LaneDesk desk, LanePumpParts parts, IActivation activation, string laneId)
{
    private static readonly TimeSpan IdlePeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private const int MaxDoublings = 8;

    /// <summary>Idle periods without news after which what is on its way is handed to the sender once more.</summary>
    private const int QuietPeriods = 8;

    private (LaneState State, string Stalled) _reported;
    private int _quiet;

    /// <summary>Works until the lane is done or the activation ends; whatever goes wrong is tried again, ever more slowly.</summary>
    public async Task Run(CancellationToken stopping)
    {
        var heldUp = 0;
        LaneWork? work = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                work ??= await parts.Open(laneId, desk, activation.Grains, stopping);
                await work.TakeUp(stopping);
                while (await Step(work, stopping))
                {
                    heldUp = 0;
                }

                break;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // A lane must not stop for good because a node, the database or another grain failed it for a while.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (work is null && error is ClusterException refusal && LaneDeposits.IsRefusal(refusal))
                {
                    await ReportStuck(refusal, stopping);
                }

                await HoldUp(++heldUp, error, stopping);
            }
        }

        if (work is not null)
        {
            await work.DisposeAsync();
        }
    }

    /// <summary>Does the next thing that is due.</summary>
    /// <returns>False once the lane is done.</returns>
    private async Task<bool> Step(LaneWork work, CancellationToken stopping)
    {
        var view = desk.View;
        await Report(view.Lane, work, stopping);
        if (view.Lane.State == LaneState.LaneDone)
        {
            return false;
        }

        var isBusy = view.Lane.Stalled.Length == 0 && await Work(work, view, stopping);
        if (!isBusy)
        {
            _quiet = await desk.AwaitNews(IdlePeriod, parts.Time, stopping) || view.InFlight == 0 ? 0 : _quiet + 1;
        }

        if (_quiet >= QuietPeriods)
        {
            // A turn that committed after this pump had given it up has left batches that nobody sends.
            _quiet = 0;
            await work.TakeUpAgain(stopping);
        }

        return true;
    }

    private static Task<bool> Work(LaneWork work, LaneView view, CancellationToken stopping) => view.Lane switch
    {
        { State: LaneState.LaneSweeping } => work.Sweep(stopping),
        { Cancelled: true } => work.WindUp(view, stopping),
        { Paused: true } => Task.FromResult(false),
        { State: LaneState.LaneScanning } => work.Scan(stopping),
        { State: LaneState.LaneFunding } => work.Fund(stopping),
        _ => work.Pay(view, stopping),
    };

    /// <summary>Tells the campaign, outside of any turn; where it cannot be told, its own reminder looks.</summary>
    private async Task Report(LaneRecord lane, LaneWork work, CancellationToken stopping)
    {
        var now = (lane.State, lane.Stalled);
        var matters = lane.State == LaneState.LaneDone || lane.Stalled.Length > 0;
        if (matters && now != _reported)
        {
            _reported = now;
            try
            {
                var report = new ReportLaneRequest { CampaignId = lane.CampaignId, Lane = (uint)lane.Lane };
                await activation.Grains.Call<ReportLaneReply>(report, work.Call(stopping));
            }
            catch (ClusterException error)
            {
                LaneLog.ReportNotTaken(parts.Logger, laneId, error);
            }
        }
    }

    /// <summary>What keeps the work from being begun, and will, is a person's to know.</summary>
    private async Task ReportStuck(ClusterException refusal, CancellationToken stopping)
    {
        try
        {
            desk.HandIn(new LaneStep.Stuck(refusal.Message));
            await activation.Grains.Call<AdvanceLaneReply>(
                new AdvanceLaneRequest { LaneId = laneId }, new Call(Caller.System("lane"), laneId, Cancellation: stopping));
        }
        catch (ClusterException error)
        {
            LaneLog.ReportNotTaken(parts.Logger, laneId, error);
        }
        finally
        {
            desk.Take();
        }
    }

    private async Task HoldUp(int times, Exception error, CancellationToken stopping)
    {
        var full = FirstDelay * Math.Pow(2, Math.Min(times - 1, MaxDoublings));
        var delay = (full < LongestDelay ? full : LongestDelay) * (0.5 + (Random.Shared.NextDouble() / 2));
        LaneLog.HeldUp(parts.Logger, laneId, times, delay, error);
        await Task.Delay(delay, parts.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
