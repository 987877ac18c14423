using System.Globalization;
using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>
/// Refuses a start that the source surely cannot pay for. Token accounts count as far as an estimate has found them
/// missing; what a campaign without an estimate needs beyond that is found out by its lanes, which stop with the figures.
/// </summary>
internal sealed class FundsCheck(IGrains grains, CampaignAssets assets)
{
    private const int RecipientsPerTransaction = 19;
    private const int NewAccountsPerTransaction = 9;

    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: what is lacking, with the figures.</exception>
    public async Task Require(CampaignRecord campaign, int lanes, Call call)
    {
        var mint = campaign.Mint?.ToString() ?? "";
        var reading = assets.Read(mint, call.Cancellation);
        var request = new GetBalancesRequest { WalletId = campaign.WalletId };
        if (mint.Length > 0)
        {
            request.Mints.Add(mint);
        }

        var balances = (await grains.Call<Balances>(request, call)).Balances_;
        var asset = await reading;
        if (mint.Length > 0)
        {
            Require(campaign, balances.FirstOrDefault(balance => balance.Mint == mint), campaign.TotalAmount, $"base units of {mint}");
        }

        Require(campaign, balances.FirstOrDefault(balance => balance.Mint.Length == 0), Lamports(campaign, asset, lanes), "lamports, fees and rent included");
    }

    private static void Require(CampaignRecord campaign, Balance? balance, ulong needed, string unit)
    {
        if ((balance?.Available ?? 0) < needed)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"insufficient funds: wallet {campaign.WalletId} has {Figure(balance?.Available ?? 0)} of at least {Figure(needed)} {unit} that campaign {campaign.CampaignId} needs ({Figure(balance?.Reserved ?? 0)} reserved)");
        }
    }

    private static ulong Lamports(CampaignRecord campaign, CampaignAsset asset, int lanes)
    {
        var isSol = asset.Token is null;
        var costs = new LaneCosts(isSol ? 0 : Rent.MinimumBalance(asset.Token!.AccountSize), isSol);
        var missing = isSol ? 0 : campaign.MissingAccounts ?? 0;
        var batches = Groups(campaign.Recipients - missing, RecipientsPerTransaction) + Groups(missing, NewAccountsPerTransaction);
        var fees = checked((ulong)batches * Transaction.LamportsPerSignature);
        var one = new LaneNeeds(batches, campaign.TotalAmount, missing, fees, Refused: 0);
        var more = costs.LamportDeposit(default, Transaction.LamportsPerSignature);
        return checked(
            costs.LamportDeposit(one, Transaction.LamportsPerSignature)
            + ((ulong)(lanes - 1) * more)
            + ((ulong)lanes * costs.Delivery(Transaction.LamportsPerSignature)));
    }

    private static long Groups(long recipients, int size) => (Math.Max(0, recipients) + size - 1) / size;

    private static string Figure(ulong amount) => amount.ToString("N0", CultureInfo.InvariantCulture);
}
