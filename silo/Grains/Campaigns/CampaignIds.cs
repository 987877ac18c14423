using System.Buffers;
using Cluster.Silo.Hosting;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>What ids of campaigns and lanes look like.</summary>
internal static class CampaignIds
{
    /// <summary>Between the campaign and the number in a lane's id; no client can choose an id that holds it.</summary>
    private const char LaneSeparator = '/';

    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: not an id.</exception>
    public static void Require(string campaignId)
    {
        if (!IsCampaign(campaignId))
        {
            throw new ClusterException(
                StatusCode.InvalidArgument,
                $"'{Clip(campaignId)}' is no campaign id: use 1 to 64 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit.");
        }
    }

    /// <summary>There is no such campaign.</summary>
    public static ClusterException NotFound(string campaignId) =>
        new(StatusCode.NotFound, $"There is no campaign '{Clip(campaignId)}'.");

    /// <summary>The id of a lane, which is also the id of its wallet.</summary>
    public static string Lane(string campaignId, int lane) => $"{campaignId}{LaneSeparator}{lane}";

    /// <summary>Takes a lane's id apart.</summary>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: not a lane's id.</exception>
    public static (string CampaignId, int Lane) ParseLane(string laneId)
    {
        var at = laneId.LastIndexOf(LaneSeparator);
        return at > 0 && int.TryParse(laneId.AsSpan(at + 1), out var lane) && lane >= 0 && IsCampaign(laneId.AsSpan(0, at))
            ? (laneId[..at], lane)
            : throw new ClusterException(StatusCode.InvalidArgument, $"'{Clip(laneId)}' is no lane id: it is <campaign>/<number>.");
    }

    private static string Clip(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");

    private static bool IsCampaign(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength
        && (char.IsAsciiLetterLower(text[0]) || char.IsAsciiDigit(text[0]))
        && !text.ContainsAnyExcept(Allowed);
}
