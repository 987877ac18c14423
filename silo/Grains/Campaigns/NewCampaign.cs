using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>A campaign as its request describes it.</summary>
internal static class NewCampaign
{
    private const int LongestName = 200;

    /// <summary>Refuses a request whose campaign could not be made whatever the state of the cluster.</summary>
    /// <param name="request">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: which field is wrong, and why.</exception>
    public static void Check(CreateCampaignRequest request)
    {
        CampaignIds.Require(request.CampaignId);
        if (request.Name.Length > LongestName)
        {
            throw Invalid($"The name has {request.Name.Length} characters; at most {LongestName} are allowed.");
        }

        if (request.WalletId.Length == 0)
        {
            throw Invalid("wallet_id is missing: name the wallet that pays.");
        }

        if (request.Lanes > LaneSplit.MaxLanes)
        {
            throw Invalid($"{request.Lanes} lanes were asked for; choose 1 to {LaneSplit.MaxLanes}, or 0 to leave it to the cluster.");
        }

        if (!Enum.IsDefined(request.Duplicates) || !Enum.IsDefined(request.OffCurve))
        {
            throw Invalid($"duplicates {request.Duplicates} or off_curve {request.OffCurve} is no policy of this cluster.");
        }
    }

    /// <summary>Refuses a wallet that no campaign can pay from.</summary>
    /// <param name="source">The wallet that the request names.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it belongs to a lane, or its key is elsewhere.</exception>
    public static void CheckSource(Wallet source)
    {
        if (source.Kind == WalletKind.Lane)
        {
            throw Invalid($"Wallet {source.WalletId} belongs to a campaign's lane, which alone pays from it: name another wallet.");
        }

        if (source.ApprovalThreshold > 0)
        {
            throw Invalid($"Wallet {source.WalletId} pays only what its approvers agree to: have them fund another wallet, and name that.");
        }

        if (source.DeletionRequestTime is not null)
        {
            throw Invalid($"Wallet {source.WalletId} is deleted, or about to be: name another wallet.");
        }

        if (source.Kind is WalletKind.WatchOnly or WalletKind.Cold)
        {
            throw Invalid($"The key of wallet {source.WalletId} is not in this cluster: name another wallet.");
        }
    }

    /// <summary>The campaign's row.</summary>
    /// <param name="request">Checked.</param>
    /// <param name="asset">What it pays in.</param>
    /// <param name="now">When it is made.</param>
    public static CampaignRecord Of(CreateCampaignRequest request, CampaignAsset asset, DateTimeOffset now) => new()
    {
        CampaignId = request.CampaignId,
        Name = request.Name,
        WalletId = request.WalletId,
        Mint = asset.Mint,
        TokenProgram = asset.TokenProgram,
        Decimals = asset.Decimals,
        State = CampaignState.Draft,
        Duplicates = request.Duplicates == DuplicatePolicy.Unspecified ? DuplicatePolicy.DuplicatesReject : request.Duplicates,
        OffCurve = request.OffCurve == OffCurvePolicy.Unspecified ? OffCurvePolicy.OffCurveReject : request.OffCurve,
        Lanes = (int)request.Lanes,
        CreatedAt = now,
    };

    private static ClusterException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
