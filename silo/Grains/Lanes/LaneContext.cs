using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>What a pump knows of its lane that never changes while the lane is open.</summary>
/// <param name="LaneId">The lane, and its wallet.</param>
/// <param name="Campaign">As it was at the start; its state is of no concern here.</param>
/// <param name="Wallet">The address of the lane's wallet.</param>
/// <param name="Asset">What is paid out.</param>
internal sealed record LaneContext(string LaneId, CampaignRecord Campaign, PublicKey Wallet, PayoutAsset Asset)
{
    private static readonly Caller Pump = Caller.System("lane");

    public string CampaignId => Campaign.CampaignId;

    /// <summary>The mint in base58; empty for SOL.</summary>
    public string Mint => Campaign.Mint?.ToString() ?? "";

    /// <summary>How the pump calls grains.</summary>
    public Call Call(CancellationToken cancellationToken) => new(Pump, LaneId, Cancellation: cancellationToken);
}
