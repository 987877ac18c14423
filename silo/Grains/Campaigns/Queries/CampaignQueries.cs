using System.Globalization;
using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns.Queries;

/// <summary>Lists and watches campaigns, from the database alone.</summary>
internal sealed class CampaignQueries(CampaignStore campaigns, FailureStore failures, TimeProvider time)
{
    /// <summary>Between looks of one watcher: a person sees it move, and the database hardly notices.</summary>
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromMilliseconds(200);

    public async Task<ListCampaignsReply> ListCampaigns(ListCampaignsRequest request, Call call)
    {
        if (!Enum.IsDefined(request.State))
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"state {(int)request.State} is no state of a campaign.");
        }

        var list = $"campaigns/{request.State}";
        var size = PageToken.PageSize(request.PageSize);
        var after = PageToken.Read(list, 2, request.PageToken) is [var ticks, var id]
            ? new CampaignPosition(new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero), id)
            : (CampaignPosition?)null;
        CampaignState? state = request.State == CampaignState.Unspecified ? null : request.State;
        var found = await campaigns.List(state, after, size + 1, call.Cancellation);
        var reply = new ListCampaignsReply();
        reply.Campaigns.Add(found.Take(size).Select(overview => overview.ToMessage()));
        if (found.Count > size)
        {
            var last = found[size - 1].Campaign;
            reply.NextPageToken = PageToken.Write(list, last.CreatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture), last.CampaignId);
        }

        return reply;
    }

    public async Task<ListFailuresReply> ListFailures(ListFailuresRequest request, Call call)
    {
        _ = await Find(request.CampaignId, call.Cancellation);
        var list = $"failures/{request.CampaignId}";
        var size = PageToken.PageSize(request.PageSize);
        var after = PageToken.Read(list, 2, request.PageToken) is [var line, var id]
            ? new FailurePosition(long.Parse(line, CultureInfo.InvariantCulture), long.Parse(id, CultureInfo.InvariantCulture))
            : (FailurePosition?)null;
        var found = await failures.List(request.CampaignId, after, size + 1, call.Cancellation);
        var reply = new ListFailuresReply();
        reply.Failures.Add(found.Take(size).Select(row => row.Failure));
        if (found.Count > size)
        {
            var last = found[size - 1].Position;
            reply.NextPageToken = PageToken.Write(
                list, last.Line.ToString(CultureInfo.InvariantCulture), last.FailureId.ToString(CultureInfo.InvariantCulture));
        }

        return reply;
    }

    public IAsyncEnumerable<Campaign> WatchCampaign(WatchCampaignRequest request, Call call) =>
        Watch(request.CampaignId, call.Cancellation);

    private async IAsyncEnumerable<Campaign> Watch(string campaignId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CampaignOverview? told = null;
        while (true)
        {
            var now = await Find(campaignId, cancellationToken);
            if (now != told)
            {
                told = now;
                yield return now.ToMessage();
            }

            if (CampaignLifecycle.IsEnd(now.Campaign.State))
            {
                yield break;
            }

            await Task.Delay(WatchPeriod, time, cancellationToken);
        }
    }

    private async Task<CampaignOverview> Find(string campaignId, CancellationToken cancellationToken)
    {
        CampaignIds.Require(campaignId);
        return await campaigns.FindOverview(campaignId, cancellationToken) ?? throw CampaignIds.NotFound(campaignId);
    }
}
