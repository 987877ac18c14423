using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>What the pumps of all lanes share.</summary>
internal sealed class LanePumpParts(
    CampaignStore campaigns,
    BatchStore batches,
    RecipientStore recipients,
    TransferStore transfers,
    PayeeSource payees,
    NeedsCounter counter,
    CampaignAssets assets,
    MintReader mints,
    ISolanaRpc rpc,
    ITransactionSender sender,
    IOptions<LaneOptions> options,
    TimeProvider time,
    ILogger<LanePump> logger)
{
    public BatchStore Batches => batches;

    public RecipientStore Recipients => recipients;

    public TransferStore Transfers => transfers;

    public PayeeSource Payees => payees;

    public NeedsCounter Counter => counter;

    public CampaignAssets Assets => assets;

    public ISolanaRpc Rpc => rpc;

    public ITransactionSender Sender => sender;

    public LaneOptions Options => options.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>Learns what a lane's work needs to know, and makes its wallet where it has none.</summary>
    public async Task<LaneWork> Open(string laneId, LaneDesk desk, IGrains grains, CancellationToken cancellationToken)
    {
        var lane = desk.View.Lane;
        var campaign = await campaigns.Find(lane.CampaignId, cancellationToken) ?? throw CampaignIds.NotFound(lane.CampaignId);
        var opening = OpenWallet(campaign, lane, new Call(Caller.System("lane"), laneId, Cancellation: cancellationToken), grains);
        var asset = await ReadAsset(campaign, lane, cancellationToken);
        var wallet = await opening;
        return new LaneWork(new LaneContext(laneId, campaign, PublicKey.Parse(wallet.Address), asset), desk, grains, this);
    }

    private async Task<PayoutAsset> ReadAsset(CampaignRecord campaign, LaneRecord lane, CancellationToken cancellationToken) =>
        await PayoutAsset.Read(rpc, campaign.Mint is { } mint ? await ReadMint(mint, lane, cancellationToken) : null, cancellationToken);

    /// <summary>A mint that takes a fee by now is not paid out any more, but what the lane holds of it can go back.</summary>
    private Task<MintInfo> ReadMint(PublicKey mint, LaneRecord lane, CancellationToken cancellationToken) =>
        lane.Cancelled || lane.State == LaneState.LaneSweeping
            ? mints.Read(mint, cancellationToken)
            : assets.Read(mint, cancellationToken);

    /// <summary>Asking again for a wallet that is there answers with it.</summary>
    private static Task<Wallet> OpenWallet(CampaignRecord campaign, LaneRecord lane, Call call, IGrains grains)
    {
        var create = new CreateLaneWalletRequest { WalletId = lane.WalletId, ParentWalletId = campaign.WalletId };
        create.DerivationPath.Add((uint)campaign.DerivationIndex);
        create.DerivationPath.Add((uint)lane.Lane);
        return grains.Call<Wallet>(create, call);
    }
}

/// <summary>Makes the pumps of lanes.</summary>
internal sealed class LanePumpFactory(LanePumpParts parts)
{
    /// <summary>A pump for an activation.</summary>
    public LanePump Create(string laneId, LaneDesk desk, IActivation activation) => new(desk, parts, activation, laneId);
}
