using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Hosting;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class CampaignIdsTests
{
    [Fact]
    public void A_lanes_id_can_be_taken_apart_again() =>
        Assert.Equal(("spring-2026", 12), CampaignIds.ParseLane(CampaignIds.Lane("spring-2026", 12)));

    [Theory]
    [InlineData("")]
    [InlineData("/1")]
    [InlineData("drop")]
    [InlineData("drop/")]
    [InlineData("drop/-1")]
    [InlineData("drop/x")]
    [InlineData("Drop/1")]
    public void What_is_no_lanes_id_is_refused(string text) =>
        Assert.Throws<ClusterException>(() => CampaignIds.ParseLane(text));

    [Theory]
    [InlineData("")]
    [InlineData("-drop")]
    [InlineData("drop/1")]
    [InlineData("Drop")]
    [InlineData("drop drop")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_campaign_id_is_refused(string text) =>
        Assert.Throws<ClusterException>(() => CampaignIds.Require(text));
}
