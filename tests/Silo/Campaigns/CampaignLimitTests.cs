using Cluster.Silo.Hosting;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class CampaignLimitTests
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task The_start_of_a_campaign_counts_once_with_all_that_it_owes_and_what_its_lanes_get_does_not()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol);
        var owed = CampaignStage.Recipients(60, least: 1_000_000);
        await stage.Create(cluster, "drop", lanes: 3);
        await cluster.Upload("drop", owed);
        var total = owed.Aggregate(0UL, (sum, row) => sum + row.Amount);
        await stage.Database.Execute(
            $"insert into limit_rules values ('daily', 'wallet', '{CampaignStage.Wallet}', 'SOL', {total - 1}, null, 86400, 1, {total}, null, 'test', now())");

        var above = await Assert.ThrowsAsync<ClusterException>(() => CampaignStage.Start(cluster, "drop"));
        await stage.Database.Execute($"update limit_rules set max_amount = {total}");
        await CampaignStage.Start(cluster, "drop");
        await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal(StatusCode.FailedPrecondition, above.Status);
        Assert.StartsWith("limit daily:", above.Message, StringComparison.Ordinal);
        Assert.Equal(1, await stage.Database.Scalar<long>("select count(*) from limit_uses"));
        Assert.Equal(total, await stage.Database.Scalar<decimal>("select sum(amount) from limit_uses"));
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task No_campaign_is_paid_from_a_wallet_with_a_list_of_destinations()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol);
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", CampaignStage.Recipients(10, least: 1_000_000));
        await stage.Database.Execute(
            $"insert into limit_rules values ('list', 'wallet', '{CampaignStage.Wallet}', '*', null, null, null, null, null, 0, 'test', now())");

        var refused = await Assert.ThrowsAsync<ClusterException>(() => CampaignStage.Start(cluster, "drop"));
        var after = await cluster.Call<Campaign>(new GetCampaignRequest { CampaignId = "drop" });

        Assert.Equal(StatusCode.FailedPrecondition, refused.Status);
        Assert.Equal(CampaignState.Ready, after.State);
    }
}
