using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>What stands in the way of a whole lane is nobody's fault: it stops, says why, and goes on when that is gone.</summary>
public sealed class CampaignObstacleTests
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_mint_that_is_paused_in_the_middle_stops_the_campaign_and_fails_nobody()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster(CampaignStage.Unhurried);
        var owed = await Begin(stage, cluster);

        await stage.Localnet.AdminAsync("pause", new { mint = stage.Mint });
        await CampaignStage.Resume(cluster, "drop");
        await RequireStopped(cluster);

        await stage.Localnet.AdminAsync("unpause", new { mint = stage.Mint });
        await RequirePaid(stage, cluster, owed);
    }

    [Fact]
    public async Task A_lane_whose_work_cannot_be_opened_after_a_death_says_why_and_goes_on_when_it_can()
    {
        await using var stage = await CampaignStage.Set();
        IReadOnlyList<(PublicKey Owner, ulong Amount)> owed;
        await using (var cluster = await stage.StartCluster(CampaignStage.Unhurried))
        {
            owed = await Begin(stage, cluster);
        }

        await stage.Localnet.AdminAsync("pause", new { mint = stage.Mint });
        await using (var cluster = await stage.StartCluster(CampaignStage.Unhurried))
        {
            await CampaignStage.Resume(cluster, "drop");
            await RequireStopped(cluster);

            await stage.Localnet.AdminAsync("unpause", new { mint = stage.Mint });
            await RequirePaid(stage, cluster, owed);
        }
    }

    [Fact]
    public async Task The_wallet_of_a_lane_is_no_source_of_a_campaign()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol);
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", CampaignStage.Recipients(3, least: 1_000_000));
        await CampaignStage.Start(cluster, "drop");
        await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        var refusal = await Assert.ThrowsAsync<ClusterException>(() => cluster.Call<Campaign>(
            new CreateCampaignRequest { RequestId = "create", CampaignId = "second", WalletId = "drop/0" }));

        Assert.Equal(
            (StatusCode.InvalidArgument, "Wallet drop/0 belongs to a campaign's lane, which alone pays from it: name another wallet."),
            (refusal.Status, refusal.Message));
    }

    private static async Task<IReadOnlyList<(PublicKey Owner, ulong Amount)>> Begin(CampaignStage stage, CampaignCluster cluster)
    {
        await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token-2022", decimals = 6, pausable = true });
        var owed = CampaignStage.Recipients(600);
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        await CampaignStage.PauseInTheMiddle(cluster, "drop");
        return owed;
    }

    private static async Task RequireStopped(CampaignCluster cluster)
    {
        var stopped = await cluster.Await("drop", campaign => campaign.PauseReason.Length > 0);
        Assert.Contains("its authority has paused all transfers (PausableConfig)", stopped.PauseReason, StringComparison.Ordinal);
        Assert.Equal((CampaignState.Paused, 0UL), (stopped.State, stopped.Progress.Failed));
    }

    private static async Task RequirePaid(
        CampaignStage stage, CampaignCluster cluster, IReadOnlyList<(PublicKey Owner, ulong Amount)> owed)
    {
        await cluster.Call<Campaign>(new ResumeCampaignRequest { RequestId = "resume-again", CampaignId = "drop" });
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
        Assert.Equal((600UL, 0UL), (end.Progress.Paid, end.Progress.Failed));
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }
}
