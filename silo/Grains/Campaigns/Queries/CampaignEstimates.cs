using System.Security.Cryptography;
using System.Text;
using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns.Queries;

/// <summary>
/// Answers EstimateCampaign: looks every account up and packs every batch, as the lanes will, in bounded memory, and
/// signs nothing.
/// </summary>
internal sealed class CampaignEstimates(
    IGrains grains, CampaignStore campaigns, CampaignAssets assets, NeedsCounter counter, ISolanaRpc rpc, ITransactionSender sender)
{
    public async Task<Estimate> EstimateCampaign(EstimateCampaignRequest request, Call call)
    {
        CampaignIds.Require(request.CampaignId);
        var campaign = await campaigns.Find(request.CampaignId, call.Cancellation) ?? throw CampaignIds.NotFound(request.CampaignId);
        if (campaign.Recipients == 0)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition, $"Campaign {request.CampaignId} has no recipients yet: upload them first.");
        }

        try
        {
            return await Estimate(campaign, call);
        }
        catch (RpcException error)
        {
            throw new ClusterException(StatusCode.Unavailable, $"The chain could not be read ({error.Message}); try again.", error);
        }
    }

    private async Task<Estimate> Estimate(CampaignRecord campaign, Call call)
    {
        var token = campaign.Mint is { } mint ? await assets.Read(mint, call.Cancellation) : null;
        var asset = await PayoutAsset.Read(rpc, token, call.Cancellation);
        var price = await sender.GetPriorityFee(ReadOnlyMemory<PublicKey>.Empty, call.Cancellation);
        var terms = new PayoutTermsOf(asset, StandIn(campaign.CampaignId), price);
        var lanes = LaneSplit.Count(campaign.Lanes, campaign.Recipients);
        var transferFee = PayoutTermsOf.Fee(price, TransferUnits);
        var (needs, deposits) = (default(LaneNeeds), 0UL);
        foreach (var (first, last) in LaneSplit.Ranges(campaign.Recipients, lanes))
        {
            var lane = await counter.Count(campaign.CampaignId, terms, first, last, map: null, call.Cancellation);
            deposits = checked(deposits + asset.Costs.LamportDeposit(lane, terms.MaxFee) + asset.Costs.Delivery(transferFee));
            needs = checked(new LaneNeeds(
                needs.Batches + lane.Batches,
                needs.Tokens + lane.Tokens,
                needs.Missing + lane.Missing,
                needs.Fees + lane.Fees,
                needs.Refused + lane.Refused));
        }

        await campaigns.NoteMissingAccounts(campaign.CampaignId, campaign.Recipients, needs.Missing, call.Cancellation);
        var transfers = (ulong)(lanes * asset.Costs.TransfersPerLane);
        var estimate = new Estimate
        {
            CampaignId = campaign.CampaignId,
            Recipients = (ulong)campaign.Recipients,
            TotalAmount = campaign.TotalAmount,
            Lanes = (uint)lanes,
            Transactions = (ulong)needs.Batches + transfers,
            TokenAccountsToCreate = (ulong)needs.Missing,
            Rent = checked((ulong)needs.Missing * asset.Costs.AccountRent),
            Fees = checked(needs.Fees + (transfers * transferFee)),
            RequiredLamports = deposits,
        };
        await AddSource(campaign, estimate, call);
        return estimate;
    }

    /// <summary>Lamports that stay in the source: an account with fewer would be gone.</summary>
    private static readonly ulong RentExemptMinimum = Rent.MinimumBalance(0);

    /// <summary>Compute units of a transfer into a lane or back, on the safe side.</summary>
    private const uint TransferUnits = 100_000;

    private async Task AddSource(CampaignRecord campaign, Estimate estimate, Call call)
    {
        var request = new GetBalancesRequest { WalletId = campaign.WalletId };
        var mint = campaign.Mint?.ToString() ?? "";
        if (mint.Length > 0)
        {
            request.Mints.Add(mint);
        }

        var balances = (await grains.Call<Balances>(request, call)).Balances_;
        estimate.SourceLamports = Available(balances, "");
        estimate.MissingLamports = Lacking(checked(estimate.RequiredLamports + RentExemptMinimum), Unreserved(balances, ""));
        if (mint.Length > 0)
        {
            estimate.SourceTokens = Available(balances, mint);
            estimate.MissingTokens = Lacking(campaign.TotalAmount, estimate.SourceTokens);
        }
    }

    /// <summary>An address in the place of lanes' wallets, which do not exist before the start.</summary>
    private static PublicKey StandIn(string campaignId) => PublicKey.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(campaignId)));

    private static ulong Available(IEnumerable<Balance> balances, string mint) =>
        balances.FirstOrDefault(balance => balance.Mint == mint)?.Available ?? 0;

    /// <summary>What there is before the minimum that must stay, which a wallet with less lacks too.</summary>
    private static ulong Unreserved(IEnumerable<Balance> balances, string mint) =>
        balances.FirstOrDefault(balance => balance.Mint == mint) is { } found ? Lacking(found.Confirmed, found.Reserved) : 0;

    private static ulong Lacking(ulong needed, ulong there) => needed > there ? needed - there : 0;
}
