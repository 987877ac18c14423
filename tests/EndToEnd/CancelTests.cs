using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class CancelTests
{
    private const int PaymentsBeforeTheOrder = 30;

    [Fact]
    public async Task A_campaign_cancelled_amid_deaths_returns_what_it_has_not_paid_and_reports_the_rest()
    {
        await using var airdrop = await Airdrop.Set(
            new LocalnetOptions { FinalizeSlots = 16 }, new { program = "spl-token", decimals = 6 }, options: ("Cluster__Solana__MaxInFlight", "24"));
        var owed = CampaignStage.Recipients(1_500);
        await airdrop.Create(lanes: 2);
        await airdrop.Upload(owed);
        await airdrop.Start();
        await airdrop.Landed(airdrop.Foreign.Count + PaymentsBeforeTheOrder);

        var order = airdrop.Insist<Campaign>(new CancelCampaignRequest { RequestId = "cancel", CampaignId = Airdrop.Id });
        for (var death = 0; death < 3; death++)
        {
            await airdrop.Process.Kill();
            await airdrop.Process.Restart();
        }

        await order;
        var end = await airdrop.End();

        Assert.Equal(CampaignState.Cancelled, end.State);
        var report = await airdrop.Report();
        Assert.All(report, row => Assert.True(row.Status is RecipientStatus.RecipientPaid or RecipientStatus.RecipientWaiting));
        var unpaid = report.Where(row => row.Status == RecipientStatus.RecipientWaiting).Select(row => row.Address).ToHashSet();
        Assert.InRange(unpaid.Count, 1, owed.Count - 1);
        await airdrop.RequireExact(owed, unpaid, RecipientStatus.RecipientWaiting);
    }
}
