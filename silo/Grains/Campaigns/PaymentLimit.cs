using Cluster.Silo.Grains.Wallets;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>
/// Holds campaigns to the limit of single payments (<see cref="WalletOptions.MaxTransactionAmount"/>): what may not be paid
/// to somebody by a transfer may not be paid by a campaign either. Looked at when a campaign starts, so that the limit of
/// that moment counts, and amounts that uploads have merged.
/// </summary>
internal sealed class PaymentLimit(RecipientStore recipients, IOptions<WalletOptions> options)
{
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: who is owed more, by line.</exception>
    public async Task Require(CampaignRecord campaign, Call call)
    {
        var most = options.Value.MaxLamports;
        if (campaign.Mint is not null || most == ulong.MaxValue)
        {
            return;
        }

        if (await recipients.FindAbove(campaign.CampaignId, most, call.Cancellation) is { } above)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"campaign {campaign.CampaignId} owes {above.Amount:N0} lamports to {above.Owner} (line {above.Line}), and this cluster pays at most {most:N0} in one payment ({WalletOptions.MaxTransactionAmountSetting}). Cancel it and upload smaller amounts to a new one, or have the limit raised.");
        }
    }
}
