using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// One lane of a campaign. Its turns do nothing but change the books and commit; all that waits for the chain is done
/// by the pump that runs beside them as long as the lane is open.
/// </summary>
internal sealed class LaneGrain(
    Database database,
    LaneStore lanes,
    BatchStore batches,
    LanePumpFactory pumps,
    LaneMetrics metrics,
    ILogger<LaneGrain> logger) : Grain
{
    private const string KeepPumping = "keep-pumping";

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromSeconds(5);

    private LaneBook? _book;
    private LaneDesk? _desk;
    private Task _pumping = Task.CompletedTask;

    protected internal override async Task OnActivate(CancellationToken cancellationToken)
    {
        var (campaignId, number) = CampaignIds.ParseLane(Id.Key);
        if (await lanes.Find(campaignId, number, cancellationToken) is not { } lane)
        {
            return;
        }

        _book = new LaneBook(lane, await batches.ListOpen(campaignId, number, cancellationToken));
        if (lane.State != LaneState.LaneDone)
        {
            _desk = new LaneDesk(LaneView.Of(_book));
            var pump = pumps.Create(Id.Key, _desk, Activation);
            _pumping = Task.Run(() => pump.Run(Activation.Stopping), CancellationToken.None);
        }
    }

    /// <summary>The pump stops with the activation; a wait for it keeps two pumps of one lane from overlapping.</summary>
    protected internal override async Task OnDeactivate(CancellationToken cancellationToken) =>
        await _pumping.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>To be activated is all that it takes.</summary>
    protected internal override Task OnReminder(string name, Call call) =>
        _book is null || _book.Lane.State == LaneState.LaneDone
            ? Activation.RemoveReminder(KeepPumping, call.Cancellation)
            : Task.CompletedTask;

    public async Task<Lane> StartLane(StartLaneRequest request, Call call)
    {
        if (Book.Lane.State != LaneState.LaneDone)
        {
            await Activation.SetReminder(KeepPumping, ReminderPeriod, ReminderPeriod, call.Cancellation);
        }

        return await Order("lane.start", LaneMachine.Start, call);
    }

    public Task<Lane> PauseLane(PauseLaneRequest request, Call call) => Order("lane.pause", LaneMachine.Pause, call);

    public Task<Lane> CancelLane(CancelLaneRequest request, Call call) => Order("lane.cancel", LaneMachine.Cancel, call);

    public Task<Lane> GetLane(GetLaneRequest request, Call call) => Task.FromResult(ToMessage(Book.Lane));

    public async Task<AdvanceLaneReply> AdvanceLane(AdvanceLaneRequest request, Call call)
    {
        if (_desk?.Take() is not { } pending)
        {
            return new AdvanceLaneReply { Idle = true };
        }

        if (pending.Step is LaneStep.Planned { Plan: var plan })
        {
            pending.IsEntered = await Enter(plan, call);
        }
        else
        {
            var after = LaneMachine.After(Book.Lane, pending.Step, Book.InFlight, Book.IsSettled);
            pending.IsEntered = after != Book.Lane;
            await Change(after, "lane.advance", call);
        }

        return new AdvanceLaneReply { Idle = !pending.IsEntered };
    }

    public async Task<SettleBatchesReply> SettleBatches(SettleBatchesRequest request, Call call)
    {
        var change = Book.Settle(request.Outcomes);
        if (change.Settled.Count > 0)
        {
            await Commit(change, database.Change(), call);
        }

        return new SettleBatchesReply();
    }

    private LaneBook Book => _book ?? throw new ClusterException(StatusCode.NotFound, $"There is no lane '{Id.Key}'.");

    private async Task<bool> Enter(LanePlan plan, Call call)
    {
        if (Book.Lane.State != LaneState.LanePaying || !LaneView.Of(Book).MaySign || !Book.IsCurrent(plan))
        {
            return false;
        }

        var change = Book.Enter(plan);
        await Commit(change, database.Change(), call);
        if (plan.Failures.Count > 0)
        {
            LaneLog.RecipientsFailed(logger, Id.Key, plan.Failures.Count, plan.Failures[0].Address, plan.Failures[0].Reason);
        }

        return true;
    }

    private async Task<Lane> Order(string operation, Func<LaneRecord, LaneRecord> order, Call call)
    {
        if (Book.Lane.State != LaneState.LaneDone)
        {
            await Change(order(Book.Lane), operation, call);
        }

        return ToMessage(Book.Lane);
    }

    /// <summary>Commits a change of the lane itself with its audit row; nothing where nothing changes.</summary>
    private async Task Change(LaneRecord after, string operation, Call call)
    {
        var before = Book.Lane;
        if (after == before)
        {
            return;
        }

        var changes = database.Change();
        changes.Audit(call, operation, Id, new AuditDetail()
            .Add("from", Name(before.State)).Add("to", Name(after.State)).Add("stalled", after.Stalled)
            .Add("tokens", after.Tokens.Amount).Add("lamports", after.Lamports.Amount).ToString());
        await Commit(new LaneChange(after), changes, call);
        if (after.State != before.State)
        {
            LaneLog.StateChanged(logger, Id.Key, Name(before.State), Name(after.State));
        }

        if (after.Stalled.Length > 0 && after.Stalled != before.Stalled)
        {
            LaneLog.Stalled(logger, Id.Key, after.Stalled);
        }
    }

    private async Task Commit(LaneChange change, Changes changes, Call call)
    {
        change.AddTo(changes);
        await database.Commit(changes, call.Cancellation);
        metrics.Count(Book.Lane, change);
        Book.Apply(change);
        _desk?.Publish(LaneView.Of(Book));
    }

    private Lane ToMessage(LaneRecord lane) => new()
    {
        LaneId = Id.Key,
        CampaignId = lane.CampaignId,
        Lane_ = (uint)lane.Lane,
        WalletId = lane.WalletId,
        State = lane.State,
        Paused = lane.Paused,
        Cancelled = lane.Cancelled,
        First = (ulong)lane.First,
        Last = (ulong)lane.Last,
        Next = (ulong)lane.Next,
        Progress = lane.Progress.ToMessage(),
        Stalled = lane.Stalled,
    };

    private static string Name(LaneState state) => state.ToString()["Lane".Length..].ToUpperInvariant();
}
