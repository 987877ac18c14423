using Cluster.Silo.Grains.Wallets;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>What a person orders while a campaign runs.</summary>
public sealed class CampaignOrderTests
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_paused_campaign_signs_nothing_new_and_a_resumed_one_pays_the_rest()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster(CampaignStage.Unhurried);
        await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(2_000);
        await stage.Create(cluster, "drop", lanes: 2);
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        var settled = await CampaignStage.PauseInTheMiddle(cluster, "drop");
        await stage.Localnet.PassSlotsAsync(20);
        var later = await cluster.Call<Campaign>(new GetCampaignRequest { CampaignId = "drop" });
        Assert.Equal((settled.Progress.Paid, CampaignState.Paused), (later.Progress.Paid, later.State));

        await CampaignStage.Resume(cluster, "drop");
        await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task A_cancelled_campaign_returns_what_it_did_not_pay()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster(CampaignStage.Unhurried);
        await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(2_000);
        var before = (await stage.Balances([stage.WalletAddress]))[stage.WalletAddress];
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        await cluster.Await("drop", campaign => campaign.Progress.Paid + campaign.Progress.InFlight > 0);

        await cluster.Call<Campaign>(new CancelCampaignRequest { RequestId = "cancel", CampaignId = "drop" });
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Cancelled);

        Assert.InRange(end.Progress.Paid, 1UL, 1_999UL);
        var after = (await stage.Balances([stage.WalletAddress]))[stage.WalletAddress];
        Assert.Equal(before - end.Progress.PaidAmount, after);
        var report = await cluster.Report("drop");
        var paid = report.Where(row => row.Status == RecipientStatus.RecipientPaid).Select(row => row.Address).ToHashSet();
        Assert.Equal(end.Progress.Paid, (ulong)paid.Count);
        await stage.RequirePaidExactly(cluster, "drop", owed, owed.Select(row => row.Owner).Where(owner => !paid.Contains(owner.ToString())).ToHashSet());
    }

    [Fact]
    public async Task A_campaign_cancelled_before_its_start_ends_at_once()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, Sol, new { program = "spl-token", decimals = 6 });
        await stage.Create(cluster, "drop");

        var end = await cluster.Call<Campaign>(new CancelCampaignRequest { RequestId = "cancel", CampaignId = "drop" });

        Assert.Equal(CampaignState.Cancelled, end.State);
        Assert.NotNull(end.EndTime);
        var refusal = await Assert.ThrowsAsync<ClusterException>(() => CampaignStage.Start(cluster, "drop"));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.Status);
    }

    [Fact]
    public async Task A_lane_that_the_source_cannot_fund_pauses_the_campaign_with_the_figures_and_goes_on_when_resumed()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();

        // Enough for the start's check without an estimate, not for the rent of fifty token accounts.
        await stage.Fund(cluster, 30_000_000, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(50);
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");

        var paused = await cluster.Await("drop", campaign => campaign.State == CampaignState.Paused);
        Assert.Contains("insufficient funds", paused.PauseReason, StringComparison.Ordinal);
        Assert.Contains("lane 0", paused.PauseReason, StringComparison.Ordinal);

        await stage.Localnet.CallAsync("requestAirdrop", stage.WalletAddress, Sol);
        await stage.Localnet.PassSlotsAsync(2);
        await cluster.Call<Campaign>(new ResumeCampaignRequest { RequestId = "resume", CampaignId = "drop" });
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
        Assert.Equal("", end.PauseReason);
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task A_campaign_that_owes_somebody_more_than_one_payment_may_send_does_not_start()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster(services => services.Configure<WalletOptions>(options => options.MaxTransactionAmount = 1.5m));
        await stage.Fund(cluster, 100 * Sol);
        var owed = CampaignStage.Recipients(2, least: 750_000_000);
        await stage.Create(cluster, "drop", duplicates: DuplicatePolicy.DuplicatesMerge);
        await cluster.Upload("drop", [owed[0], owed[1], owed[1]]);

        var refusal = await Assert.ThrowsAsync<ClusterException>(() => CampaignStage.Start(cluster, "drop"));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.Status);
        Assert.StartsWith(
            $"campaign drop owes 1,500,000,002 lamports to {owed[1].Owner} (line 3), and this cluster pays at most 1,500,000,000 in one payment (WALLET_MAX_TRANSACTION_AMOUNT).",
            refusal.Message,
            StringComparison.Ordinal);
        Assert.Equal(CampaignState.Ready, (await cluster.Call<Campaign>(new GetCampaignRequest { CampaignId = "drop" })).State);

        await stage.Create(cluster, "within", duplicates: DuplicatePolicy.DuplicatesKeep);
        await cluster.Upload("within", [owed[0], owed[1], owed[1]]);
        await CampaignStage.Start(cluster, "within");
        await cluster.Await("within", campaign => campaign.State == CampaignState.Completed);
    }

    [Fact]
    public async Task The_same_order_under_the_same_request_id_gives_the_same_answer_and_another_request_is_refused()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol);
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", CampaignStage.Recipients(3, least: 1_000_000));

        var first = await CampaignStage.Start(cluster, "drop");
        var again = await CampaignStage.Start(cluster, "drop");
        Assert.Equal(first, again);
        var other = new CancelCampaignRequest { RequestId = "start", CampaignId = "drop" };
        var refusal = await Assert.ThrowsAsync<ClusterException>(() => cluster.Call<Campaign>(other));
        Assert.Equal(StatusCode.AlreadyExists, refusal.Status);
        await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
    }
}
