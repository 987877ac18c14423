using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>Tells lanes what their campaign's state asks of them.</summary>
internal sealed class LaneOrders(LaneStore lanes, ILogger<LaneOrders> logger)
{
    /// <summary>Gives every open lane its orders. A lane that cannot be reached is told again later.</summary>
    public async Task Give(string campaignId, CampaignState state, IGrains grains, Call call)
    {
        if (!CampaignLifecycle.HasOpenLanes(state))
        {
            return;
        }

        var open = (await lanes.List(campaignId, call.Cancellation)).Where(lane => lane.State != LaneState.LaneDone);
        await Task.WhenAll(open.Select(lane => Give(campaignId, lane.Lane, state, grains, call)));
    }

    private async Task Give(string campaignId, int lane, CampaignState state, IGrains grains, Call call)
    {
        var laneId = CampaignIds.Lane(campaignId, lane);
        try
        {
            await (state switch
            {
                CampaignState.Running => grains.Call<Lane>(new StartLaneRequest { LaneId = laneId }, call),
                CampaignState.Paused => grains.Call<Lane>(new PauseLaneRequest { LaneId = laneId }, call),
                _ => grains.Call<Lane>(new CancelLaneRequest { LaneId = laneId }, call),
            });
        }
        catch (ClusterException error)
        {
            CampaignLog.LaneNotReached(logger, campaignId, lane, error);
        }
    }
}
