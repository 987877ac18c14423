using Cluster.Tests.EndToEnd;
using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.OrleansHost.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class OrleansSignalNineTests(ITestOutputHelper output)
{
    private const int Recipients = 5_000;
    private const int Kills = 12;

    /// <summary>Nine token accounts are made in a transaction.</summary>
    private const int Transactions = Recipients / 9;

    private readonly Random _random = new(12);

    [Fact]
    public async Task A_campaign_of_five_thousand_outlives_the_deaths_of_silos_and_gateways_in_turn_and_pays_exactly_what_is_owed()
    {
        // So few in flight that the campaign outlives many processes.
        await using var airdrop = await Airdrop.Set(
            new LocalnetOptions { Slot = TimeSpan.FromMilliseconds(100), FinalizeSlots = 16 },
            new { program = "spl-token", decimals = 6 },
            ProcessCluster.Start,
            options: [("Cluster__Lanes__MaxInFlight", "6"), ("Cluster__Lanes__BatchesAtOnce", "2"), ("Cluster__Solana__ResendInterval", "00:00:00.500")]);
        var cluster = (ProcessCluster)airdrop.Cluster;
        var owed = CampaignStage.Recipients(Recipients);
        var victims = Victims(cluster);
        var killedBeforeTheEnd = 0;

        await airdrop.Create(lanes: 3);
        await airdrop.Upload(owed, sent => sent == Recipients / 200 ? Crash(cluster.Gateways[0]) : Task.CompletedTask);
        await airdrop.Start();
        for (var kill = 0; kill < Kills; kill++)
        {
            var landed = await airdrop.Landed();
            var share = Math.Max(1, (Transactions - landed) / (Kills - kill));
            await airdrop.Landed(atLeast: Math.Min(Transactions, landed + _random.Next(2 * share)));
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(20)));
            var isUnderWay = (await airdrop.Get()).State == CampaignState.Running;
            await Crash(victims[kill]);
            killedBeforeTheEnd += isUnderWay ? 1 : 0;
        }

        var end = await airdrop.End();

        output.WriteLine($"{killedBeforeTheEnd} of {Kills} killed while it ran; {end.Progress}");
        Assert.Equal(CampaignState.Completed, end.State);
        Assert.InRange(killedBeforeTheEnd, Kills - 3, Kills);
        await airdrop.RequireExact(owed);
    }

    /// <summary>Silos and gateways in turn, which of them by chance.</summary>
    private List<MemberProcess> Victims(ProcessCluster cluster) =>
    [
        .. Enumerable.Range(0, Kills).Select(kill => (kill % 2 == 0 ? cluster.Silos : cluster.Gateways))
            .Select(members => members[_random.Next(members.Count)]),
    ];

    private static async Task Crash(MemberProcess member)
    {
        await member.Kill();
        await member.Restart();
    }
}
