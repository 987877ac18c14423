using System.Diagnostics;
using Cluster.Tests.EndToEnd;
using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.OrleansHost.EndToEnd;

/// <summary>A silo that stands still for longer than the others wait for it, and then goes on as if nothing had been.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class PausedSiloTests(ITestOutputHelper output)
{
    private const int Recipients = 2_000;
    private const int Dead = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_silo_paused_for_ninety_seconds_commits_nothing_stale_and_nothing_is_paid_twice()
    {
        // So slow that the campaign is still under way when the silo wakes up.
        await using var airdrop = await Airdrop.Set(
            new LocalnetOptions { Slot = TimeSpan.FromMilliseconds(400), FinalizeSlots = 16 },
            new { program = "spl-token", decimals = 6 },
            ProcessCluster.Start,
            options: [("Cluster__Lanes__MaxInFlight", "12"), ("Cluster__Lanes__BatchesAtOnce", "1")]);
        var cluster = (ProcessCluster)airdrop.Cluster;
        var owed = CampaignStage.Recipients(Recipients);
        await airdrop.Create(lanes: 12);
        await airdrop.Upload(owed);
        await airdrop.Start();
        var before = await airdrop.Landed(atLeast: 30);

        var paused = cluster.Silos[1];
        await paused.Signal("STOP");
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(Pause, TestContext.Current.CancellationToken);
        var meanwhile = await airdrop.Landed() - before;
        var status = await airdrop.Database.Scalar<int>(
            $"select status from orleans_silos where port = {paused.SiloPort} order by generation desc limit 1");
        var atWaking = await airdrop.Get();
        await paused.Signal("CONT");
        output.WriteLine($"paused for {Stopwatch.GetElapsedTime(start)}, meanwhile {meanwhile} transactions landed; {atWaking.Progress}");
        var exitCode = await paused.End();
        await paused.Restart();
        var end = await airdrop.End();

        Assert.Equal(Dead, status);
        Assert.NotEqual(0, exitCode);
        Assert.True(meanwhile > 0, "the others did not take over");
        Assert.Equal(CampaignState.Running, atWaking.State);
        Assert.Equal(CampaignState.Completed, end.State);
        await airdrop.RequireExact(owed);
    }
}
