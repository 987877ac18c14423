using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class FaultTests(ITestOutputHelper output)
{
    private static readonly object Spl = new { program = "spl-token", decimals = 6 };

    [Theory]
    [InlineData(1_000, null)]
    [InlineData(300, 1)]
    public async Task Under_every_fault_of_the_network_at_once_everybody_is_paid_exactly(int recipients, int? retryAfterSeconds)
    {
        await using var airdrop = await Airdrop.Set(new LocalnetOptions(), Spl, options: ("Cluster__Solana__ResendInterval", "00:00:00.500"));
        var owed = CampaignStage.Recipients(recipients);
        await airdrop.Create(lanes: 3);
        await airdrop.Upload(owed);
        await airdrop.Start();
        await airdrop.Localnet.FaultsAsync(new
        {
            seed = 11,
            lostSends = 0.10,
            lateLanding = 0.05,
            duplicatedSends = 0.05,
            droppedReplies = 0.05,
            slowReplies = new { p = 0.02, ms = 1_000 },
            http429 = new { p = 0.03, retryAfter = retryAfterSeconds, burst = 5 },
            http5xx = new { p = 0.02 },
            laggingStatus = new { p = 0.1, slots = 20 },
            forkDrops = new { p = 0.02 },
        });

        var end = await airdrop.End();
        var stats = await airdrop.Localnet.StatsAsync();
        await airdrop.Localnet.FaultsAsync(null);

        output.WriteLine($"{end.Progress}; {stats.ToJsonString()}");
        Assert.Equal(CampaignState.Completed, end.State);
        await airdrop.RequireExact(owed);
    }

    [Fact]
    public async Task A_database_killed_and_restarted_in_the_middle_changes_nothing_in_what_is_paid()
    {
        var server = await PostgresServer.Start(durable: true);
        await using var airdrop = await Airdrop.Set(new LocalnetOptions(), Spl, server, ("Cluster__Solana__MaxInFlight", "24"));
        var owed = CampaignStage.Recipients(1_500);
        await airdrop.Create(lanes: 2);
        await airdrop.Upload(owed);
        var start = airdrop.Start();
        var before = airdrop.Foreign.Count;
        int[] moments = [0, 40, 80, 120];
        foreach (var landed in moments)
        {
            await airdrop.Landed(before + landed);
            await server.Kill();
            await server.Restart();
        }

        await start;
        var end = await airdrop.End();

        Assert.Equal(CampaignState.Completed, end.State);
        await airdrop.RequireExact(owed);
    }
}
