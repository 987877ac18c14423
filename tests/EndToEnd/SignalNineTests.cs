using Cluster.Solana;
using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class SignalNineTests(ITestOutputHelper output)
{
    private const int Kills = 50;
    private const int Recipients = 5_000;

    /// <summary>Nine token accounts are made in a transaction.</summary>
    private const int Transactions = Recipients / 9;

    private readonly Random _random = new(50);
    private readonly Dictionary<string, int> _kills = [];
    private Airdrop _airdrop = null!;

    private int Killed => _kills.Values.Sum();

    [Fact]
    public async Task A_campaign_of_five_thousand_killed_fifty_times_pays_everybody_exactly_what_is_owed()
    {
        // So few in flight that the campaign outlives its process many times.
        await using var airdrop = _airdrop = await Airdrop.Set(
            new LocalnetOptions { Slot = TimeSpan.FromMilliseconds(100), FinalizeSlots = 16 },
            new { program = "spl-token", decimals = 6 },
            options: [("Cluster__Solana__MaxInFlight", "24"), ("Cluster__Solana__ResendInterval", "00:00:00.500")]);
        var owed = CampaignStage.Recipients(Recipients);

        await airdrop.Create(lanes: 2);
        await KillInUpload(owed, times: 4);
        await KillInStart(times: 3);
        await KillWhile("funding", until: 12, "state in ('scanning', 'funding')");
        await KillBetweenPayments(until: Kills - 4);
        await KillWhile("sweeping", until: Kills, "state <> 'done'");
        var killedBeforeTheEnd = Killed;
        while (Killed < Kills)
        {
            await Crash("ended");
            await airdrop.Process.Restart();
        }

        var end = await airdrop.End();

        output.WriteLine($"killed: {string.Join(", ", _kills.Select(phase => $"{phase.Value} {phase.Key}"))}; {end.Progress}");
        Assert.Equal(CampaignState.Completed, end.State);
        Assert.InRange(killedBeforeTheEnd, Kills - 4, Kills);
        Assert.All(["uploading", "starting", "funding", "paying"], phase => Assert.Contains(phase, _kills));
        await airdrop.RequireExact(owed);
    }

    private async Task KillInUpload(IReadOnlyList<(PublicKey Owner, ulong Amount)> owed, int times)
    {
        var portion = _random.Next(1, owed.Count / 100);
        var upload = _airdrop.Upload(owed, async sent =>
        {
            if (sent == portion && times-- > 0)
            {
                portion = _random.Next(1, (owed.Count / 100) + 1);
                await Crash("uploading");
                await _airdrop.Process.Restart();
            }
        });
        var report = await upload;
        Assert.Equal(((ulong)owed.Count, 0UL), (report.Accepted, report.Rejected));
    }

    private async Task KillInStart(int times)
    {
        var start = _airdrop.Start();
        for (; times > 0; times--)
        {
            await Pass(60);
            await Crash("starting");
            await _airdrop.Process.Restart();
        }

        Assert.Equal(CampaignState.Running, (await start).State);
    }

    /// <summary>Kills, some milliseconds into each life, as long as a lane is there.</summary>
    private async Task KillWhile(string phase, int until, string lanes)
    {
        while (Killed < until && await Count($"select count(*) from campaign_lanes where {lanes}") > 0)
        {
            await Pass(400);
            await Crash(phase);
            await Live();
        }
    }

    /// <summary>Kills whenever some more payments have landed.</summary>
    private async Task KillBetweenPayments(int until)
    {
        while (Killed < until && await Count("select count(*) from campaign_lanes where state in ('scanning', 'funding', 'paying')") > 0)
        {
            var landed = await _airdrop.Landed();
            var share = Math.Max(1, (Transactions - landed) / (until - Killed));
            await _airdrop.Landed(atLeast: Math.Min(Transactions, landed + _random.Next(2 * share)));
            await Pass(20);
            await Crash("paying");
            await Live();
        }
    }

    /// <summary>Starts the next life; one in four is killed before it is ready.</summary>
    private async Task Live()
    {
        if (_random.Next(4) == 0 && Killed < Kills)
        {
            var life = _airdrop.Process.Restart();
            await Pass(1_000);
            await Crash("beginning");
            Assert.True(await Record.ExceptionAsync(() => life) is null or InvalidOperationException);
        }

        await _airdrop.Process.Restart();
    }

    private async Task Crash(string phase)
    {
        await _airdrop.Process.Kill();
        _kills[phase] = _kills.GetValueOrDefault(phase) + 1;
    }

    private Task Pass(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(_random.Next(milliseconds)));

    private Task<long> Count(string sql) => _airdrop.Database.Scalar<long>(sql);
}
