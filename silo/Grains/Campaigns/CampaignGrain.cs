using Cluster.Silo.Grains.Campaigns.Uploads;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>
/// One airdrop. Keeps nothing between turns: its calls are rare, and uploads and lanes write beside it. Every turn
/// reads the row, and writes it only where nobody else has since.
/// </summary>
internal sealed class CampaignGrain(
    Database database,
    CampaignStore campaigns,
    LaneStore lanes,
    CampaignAssets assets,
    FundsCheck funds,
    PaymentLimit limit,
    LaneOrders orders,
    ILogger<CampaignGrain> logger) : Grain
{
    /// <summary>How long an upload may be silent before another one may take its place.</summary>
    public static readonly TimeSpan UploadLease = TimeSpan.FromSeconds(60);

    private const string TendLanes = "tend-lanes";

    private static readonly TimeSpan TendPeriod = TimeSpan.FromSeconds(5);

    public async Task<Campaign> CreateCampaign(CreateCampaignRequest request, Call call)
    {
        NewCampaign.Check(request);
        if (await campaigns.Find(Id.Key, call.Cancellation) is not null)
        {
            throw new ClusterException(StatusCode.AlreadyExists, $"There is a campaign {Id.Key} already; choose another id.");
        }

        NewCampaign.CheckSource(await Grains.Call<Wallet>(new GetWalletRequest { WalletId = request.WalletId }, call));
        var record = NewCampaign.Of(request, await assets.Read(request.Mint, call.Cancellation), Now());
        var reply = record.ToMessage();
        var changes = database.Change();
        CampaignStore.Insert(changes, record);
        changes.Audit(call, "campaign.create", Id, new AuditDetail()
            .Add("wallet_id", record.WalletId).Add("mint", reply.Mint).Add("lanes", (ulong)record.Lanes).ToString());
        changes.Answer(call, reply);
        await database.Commit(changes, call.Cancellation);
        return reply;
    }

    public async Task<Campaign> GetCampaign(GetCampaignRequest request, Call call) =>
        (await campaigns.FindOverview(Id.Key, call.Cancellation) ?? throw CampaignIds.NotFound(Id.Key)).ToMessage();

    public async Task<Campaign> StartCampaign(StartCampaignRequest request, Call call)
    {
        var before = await Load(call);
        var state = CampaignLifecycle.Apply(Id.Key, before.State, CampaignEvent.Started);
        RequireNoUpload(before);
        await limit.Require(before, call);
        await funds.Require(before, LaneSplit.Count(before.Lanes, before.Recipients), call);
        var after = before with
        {
            State = state,
            Lanes = LaneSplit.Count(before.Lanes, before.Recipients),
            StartedAt = Now(),
        };

        var changes = database.Change();
        LimitStore.Spend(changes, call, before.WalletId, before.Mint, before.TotalAmount, destination: null);
        var number = 0;
        foreach (var (first, last) in LaneSplit.Ranges(after.Recipients, after.Lanes))
        {
            LaneStore.Insert(changes, new LaneRecord
            {
                CampaignId = Id.Key,
                Lane = number,
                WalletId = CampaignIds.Lane(Id.Key, number++),
                State = LaneState.LaneScanning,
                First = first,
                Last = last,
                Next = first,
            });
        }

        return await Change(before, after, "campaign.start", changes, call);
    }

    public async Task<Campaign> PauseCampaign(PauseCampaignRequest request, Call call)
    {
        var before = await Load(call);
        var state = CampaignLifecycle.Apply(Id.Key, before.State, CampaignEvent.PausedByPerson);
        return await Change(before, before with { State = state, PauseReason = "" }, "campaign.pause", database.Change(), call);
    }

    public async Task<Campaign> ResumeCampaign(ResumeCampaignRequest request, Call call)
    {
        var before = await Load(call);
        var state = CampaignLifecycle.Apply(Id.Key, before.State, CampaignEvent.Resumed);
        return await Change(before, before with { State = state, PauseReason = "" }, "campaign.resume", database.Change(), call);
    }

    public async Task<Campaign> CancelCampaign(CancelCampaignRequest request, Call call)
    {
        var before = await Load(call);
        var state = CampaignLifecycle.Apply(Id.Key, before.State, CampaignEvent.CancelOrdered);
        var after = before with
        {
            State = state,
            PauseReason = "",
            EndedAt = CampaignLifecycle.IsEnd(state) ? Now() : null,
            UploadId = null,
            UploadLease = null,
        };
        return await Change(before, after, "campaign.cancel", database.Change(), call);
    }

    public async Task<OpenUploadReply> OpenUpload(OpenUploadRequest request, Call call)
    {
        var before = await Load(call);
        CampaignLifecycle.Apply(Id.Key, before.State, CampaignEvent.RecipientsStored);
        if (!UploadTicket.IsSameRequest(before.UploadId, request.UploadId))
        {
            RequireNoUpload(before);
        }

        var after = before with { UploadId = request.UploadId, UploadLease = Now() + UploadLease };
        var changes = database.Change();
        CampaignStore.Update(changes, after);
        if (before.UploadId != request.UploadId)
        {
            changes.Audit(call, "campaign.open_upload", Id);
        }

        await database.Commit(changes, call.Cancellation);
        return new OpenUploadReply { Campaign = (after with { Version = after.Version + 1 }).ToMessage() };
    }

    public async Task<Campaign> CloseUpload(CloseUploadRequest request, Call call)
    {
        var before = await Load(call);
        if (before.UploadId == request.UploadId)
        {
            var changes = database.Change();
            CampaignStore.Update(changes, before with { UploadId = null, UploadLease = null });
            changes.Audit(call, "campaign.close_upload", Id);
            await database.Commit(changes, call.Cancellation);
        }

        return await GetCampaign(new GetCampaignRequest(), call);
    }

    public async Task<ReportLaneReply> ReportLane(ReportLaneRequest request, Call call)
    {
        await LookAtLanes(await Load(call), call);
        return new ReportLaneReply();
    }

    /// <summary>Orders are repeated, and reports looked up, until the campaign has ended: each may have been lost once.</summary>
    protected internal override async Task OnReminder(string name, Call call)
    {
        var campaign = await campaigns.Find(Id.Key, call.Cancellation);
        if (campaign is null || !CampaignLifecycle.HasOpenLanes(campaign.State))
        {
            await FenceOff(campaign, call);
            await Activation.RemoveReminder(TendLanes, call.Cancellation);
            return;
        }

        if (!await LookAtLanes(campaign, call))
        {
            await orders.Give(Id.Key, campaign.State, Grains, call);
        }
    }

    /// <summary>
    /// Another activation may have set the reminder just now and be about to commit the start that it is for: it fails
    /// then, instead of leaving a campaign that nobody tends.
    /// </summary>
    private async Task FenceOff(CampaignRecord? campaign, Call call)
    {
        if (campaign is not null && !CampaignLifecycle.IsEnd(campaign.State))
        {
            var changes = database.Change();
            CampaignStore.Update(changes, campaign);
            await database.Commit(changes, call.Cancellation);
        }
    }

    /// <summary>Draws the conclusions from where the lanes stand.</summary>
    /// <returns>Whether the campaign's state changed by it.</returns>
    private async Task<bool> LookAtLanes(CampaignRecord before, Call call)
    {
        if (!CampaignLifecycle.HasOpenLanes(before.State))
        {
            return false;
        }

        var all = await lanes.List(Id.Key, call.Cancellation);
        if (all.All(lane => lane.State == LaneState.LaneDone))
        {
            var state = CampaignLifecycle.Apply(Id.Key, before.State, CampaignEvent.AllLanesDone);
            var ended = before with { State = state, PauseReason = "", EndedAt = Now() };
            await Change(before, ended, "campaign.end", database.Change(), call);
            return true;
        }

        if (all.FirstOrDefault(lane => lane.Stalled.Length > 0) is { } stalled)
        {
            return await Stall(before, $"lane {stalled.Lane}: {stalled.Stalled}", call);
        }

        return false;
    }

    private async Task<bool> Stall(CampaignRecord before, string reason, Call call)
    {
        var after = before with
        {
            State = CampaignLifecycle.Apply(Id.Key, before.State, CampaignEvent.LaneStalled),
            PauseReason = reason,
        };
        if (after == before)
        {
            return false;
        }

        CampaignLog.PausedByLane(logger, Id.Key, reason);
        await Change(before, after, "campaign.stall", database.Change(), call);
        return true;
    }

    /// <summary>Commits a change with its audit row and answer, then passes it on to the lanes.</summary>
    private async Task<Campaign> Change(CampaignRecord before, CampaignRecord after, string operation, Changes changes, Call call)
    {
        if (CampaignLifecycle.HasOpenLanes(after.State))
        {
            // Before the commit: a process that dies right after it must come back to the lanes. Without the commit,
            // the reminder finds nothing to tend and removes itself.
            await Activation.SetReminder(TendLanes, TendPeriod, TendPeriod, call.Cancellation);
        }

        var reply = await Answer(after, call);
        CampaignStore.Update(changes, after);
        changes.Audit(call, operation, Id, new AuditDetail()
            .Add("from", CampaignLifecycle.Name(before.State)).Add("to", CampaignLifecycle.Name(after.State))
            .Add("recipients", (ulong)after.Recipients).Add("total_amount", after.TotalAmount)
            .Add("reason", after.PauseReason).ToString());
        changes.Answer(call, reply);
        await database.Commit(changes, call.Cancellation);
        CampaignLog.StateChanged(
            logger, Id.Key, CampaignLifecycle.Name(before.State), CampaignLifecycle.Name(after.State), call.Caller.Id);
        await orders.Give(Id.Key, after.State, Grains, call);
        return reply;
    }

    private async Task<Campaign> Answer(CampaignRecord after, Call call)
    {
        var now = await campaigns.FindOverview(Id.Key, call.Cancellation) ?? throw CampaignIds.NotFound(Id.Key);
        return (now with { Campaign = after with { Version = after.Version + 1 } }).ToMessage();
    }

    private async Task<CampaignRecord> Load(Call call) =>
        await campaigns.Find(Id.Key, call.Cancellation) ?? throw CampaignIds.NotFound(Id.Key);

    private DateTimeOffset Now() => Activation.Time.GetUtcNow();

    private void RequireNoUpload(CampaignRecord campaign)
    {
        if (campaign.UploadId is not null && campaign.UploadLease > Now())
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"An upload to campaign {Id.Key} is under way; wait for its end, or until {campaign.UploadLease:u} if it was abandoned.");
        }
    }
}
