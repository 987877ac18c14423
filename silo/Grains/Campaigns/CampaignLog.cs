using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>What campaigns say in the log; event ids 4000 to 4099.</summary>
internal static partial class CampaignLog
{
    [LoggerMessage(4000, LogLevel.Information, "Campaign {CampaignId}: {From} -> {To}, by {Caller}")]
    public static partial void StateChanged(ILogger logger, string campaignId, string from, string to, string caller);

    [LoggerMessage(4001, LogLevel.Information, "Campaign {CampaignId}: {Rows} rows uploaded, {Accepted} recipients stored, {Merged} rows merged, {Rejected} refused")]
    public static partial void Uploaded(ILogger logger, string campaignId, long rows, long accepted, long merged, long rejected);

    [LoggerMessage(4002, LogLevel.Warning, "Campaign {CampaignId}: a broken upload could not be closed; its reservation ends by itself")]
    public static partial void UploadNotClosed(ILogger logger, string campaignId, Exception error);

    [LoggerMessage(4003, LogLevel.Warning, "Campaign {CampaignId}: lane {Lane} did not take its orders yet; they are repeated")]
    public static partial void LaneNotReached(ILogger logger, string campaignId, int lane, Exception error);

    [LoggerMessage(4004, LogLevel.Warning, "Campaign {CampaignId} paused: {Reason}")]
    public static partial void PausedByLane(ILogger logger, string campaignId, string reason);

    [LoggerMessage(4005, LogLevel.Warning, "Open campaigns could not be counted; their metric is left out until they can")]
    public static partial void NotCounted(ILogger logger, Exception error);
}
