using Cluster.Silo.Hosting;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Promise 5: idle activations are collected, mailboxes are bounded; and a stop lets turns end.</summary>
public abstract class LifeConformance(IConformanceHosts hosts) : HostConformance(hosts)
{
    private static readonly TimeSpan IdleAge = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task An_activation_that_nobody_calls_is_collected_after_its_last_turn_and_loaded_again()
    {
        var host = await StartWithIdleAge();
        await Add(host, "a", 5);
        await PassTime(TimeSpan.FromMinutes(10));
        await Stage.When("a deactivated");

        Assert.Equal(5, await TotalOf(host, "a"));
        Assert.Equal(["a activated", "a deactivated", "a activated"], Stage.Log);
    }

    [Fact]
    public async Task An_activation_that_is_called_now_and_then_stays()
    {
        var host = await StartWithIdleAge();
        for (var minutes = 0; minutes < 40; minutes += 5)
        {
            await TotalOf(host, "a");
            await PassTime(TimeSpan.FromMinutes(5));
        }

        await TotalOf(host, "b");
        Assert.Equal(["a activated", "b activated"], Stage.Log);
    }

    [Fact]
    public async Task A_grain_stays_as_long_as_it_has_asked_to()
    {
        var host = await StartWithIdleAge();
        Stage.Script("stay", (grain, _) =>
        {
            grain.Life.StayActive(TimeSpan.FromHours(1));
            return Task.CompletedTask;
        });
        await Act(host, "a", "stay");
        await TotalOf(host, "b");
        await PassTime(TimeSpan.FromMinutes(30));
        await Stage.When("b deactivated");
        Assert.DoesNotContain("a deactivated", Stage.Log);

        await PassTime(TimeSpan.FromMinutes(40));
        await Stage.When("a deactivated");
    }

    [Fact]
    public async Task A_grain_in_the_middle_of_a_turn_is_not_collected()
    {
        var host = await StartWithIdleAge();
        var gate = NewGate();
        Stage.Script("long", async (_, _) =>
        {
            Stage.Happened("in the middle");
            await gate.Task;
            Stage.Happened("at the end");
        });
        var call = Act(host, "a", "long", NewCall() with { Deadline = Beginning + TimeSpan.FromHours(2) });
        await Stage.When("in the middle");
        await TotalOf(host, "b");
        await PassTime(TimeSpan.FromMinutes(30));
        await Stage.When("b deactivated");
        gate.SetResult();
        await call;

        Assert.Equal(["a activated", "in the middle", "b activated", "b deactivated", "at the end"], Stage.Log);
    }

    [Fact]
    public async Task A_call_that_comes_during_the_last_turn_gets_a_fresh_activation_after_it()
    {
        var host = await StartWithIdleAge();
        var gate = NewGate();
        Stage.Deactivating = (_, _) =>
        {
            Stage.Happened("last turn");
            return gate.Task;
        };
        await Add(host, "a", 5);
        await PassTime(TimeSpan.FromMinutes(10));
        await Stage.When("last turn");
        var call = TotalOf(host, "a");
        Assert.False(call.IsCompleted);
        gate.SetResult();

        Assert.Equal(5, await call);
        Assert.Equal(["a activated", "last turn", "a deactivated", "a activated"], Stage.Log);
    }

    [Fact]
    public async Task A_grain_that_asks_for_it_is_dropped_after_its_turn()
    {
        var host = await Start();
        Stage.Script("drop", async (grain, _) =>
        {
            grain.Total = 99;
            grain.Life.DeactivateAfterTurn();
            await Task.Yield();
            Stage.Happened("turn ends");
        });
        await Act(host, "a", "drop");

        Assert.Equal(0, await TotalOf(host, "a"));
        Assert.Equal(["a activated", "turn ends", "a deactivated", "a activated"], Stage.Log);
    }

    [Fact]
    public async Task A_last_turn_that_fails_keeps_nobody_from_a_fresh_activation()
    {
        var host = await Start();
        Stage.Deactivating = (_, _) => throw new InvalidOperationException("a defect");
        Stage.Script("drop", (grain, _) =>
        {
            grain.Life.DeactivateAfterTurn();
            return Task.CompletedTask;
        });
        await Act(host, "a", "drop");

        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task A_full_mailbox_refuses_with_the_grain_and_the_bound_and_takes_calls_again_when_it_has_room()
    {
        var host = await Start(settings => settings with { MailboxBound = 10 });
        var gate = NewGate();
        Stage.Script("wait", async (_, _) =>
        {
            Stage.Happened("waits");
            await gate.Task;
        });
        var running = Act(host, "a", "wait");
        await Stage.When("waits");
        var waiting = Enumerable.Range(0, 10).Select(_ => Add(host, "a", 1)).ToList();

        var error = await Refused(StatusCode.ResourceExhausted, TotalOf(host, "a"));
        Assert.Contains("probe/a", error.Message);
        Assert.Contains("10", error.Message);
        Assert.Equal(0, await TotalOf(host, "b"));

        gate.SetResult();
        await Task.WhenAll([running, .. waiting]);
        Assert.Equal(10, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task A_stop_lets_turns_end_gives_every_grain_its_last_turn_and_refuses_what_comes_later()
    {
        var host = await Start();
        var gate = NewGate();
        Stage.Script("wait", async (grain, call) =>
        {
            Stage.Happened("waits");
            await gate.Task;
            await grain.Others.Call<Contract.Total>(new Contract.GetTotalRequest { ProbeId = "c" }, call);
            Stage.Happened("ended well");
        });
        await TotalOf(host, "b");
        var running = Act(host, "a", "wait");
        await Stage.When("waits");
        var queued = Add(host, "a", 5);
        var stopping = host.Stop();
        await Stage.When("b deactivated");

        await Refused(StatusCode.Unavailable, TotalOf(host, "d"));
        gate.SetResult();
        await stopping;
        await Task.WhenAll(running, queued);
        Assert.Contains("ended well", Stage.Log);
        Assert.Contains("a deactivated", Stage.Log);
        Assert.Contains("c deactivated", Stage.Log);

        var next = await Start();
        Assert.Equal(5, await TotalOf(next, "a"));
    }

    private Task<IConformanceHost> StartWithIdleAge() => Start(settings => settings with { IdleAge = IdleAge });

    /// <summary>Minute by minute, and with a call in between that any round of a collector has to end before.</summary>
    private async Task PassTime(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(1))
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }
    }
}
