using Cluster.Silo.Hosting;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Promise 4: reminders survive restarts and fire at least once; timers die with the activation.</summary>
public abstract class ReminderConformance(IConformanceHosts hosts) : HostConformance(hosts)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_reminder_fires_when_it_is_due_and_again_after_its_period()
    {
        var host = await Start();
        await SetReminder(host, due: 10 * Second, period: 60 * Second);

        Advance(9);
        Assert.DoesNotContain("a reminded of wake", Stage.Log);
        Advance(1);
        await Reminded(1);

        Advance(59);
        Assert.Equal(1, Times("a reminded of wake"));
        Advance(1);
        await Reminded(2);
    }

    [Fact]
    public async Task A_reminder_survives_a_kill_and_activates_its_grain()
    {
        var first = await Start();
        await SetReminder(first, due: 10 * Second, period: 60 * Second);
        await first.Kill();
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain("a reminded of wake", Stage.Log);

        await Start();
        await Reminded(1);
        Assert.Equal(2, Times("a activated"));
    }

    [Fact]
    public async Task Firings_that_were_missed_become_one_and_the_rhythm_stays()
    {
        var first = await Start();
        await SetReminder(first, due: 10 * Second, period: 60 * Second);
        await first.Kill();

        // Missed at 10, 70, 130 and 190 seconds.
        Clock.Advance(200 * Second);
        await Start();
        await Reminded(1);
        await NextDue(TimeSpan.FromSeconds(250));
        Assert.Equal(1, Times("a reminded of wake"));
    }

    [Fact]
    public async Task A_reminder_whose_turn_failed_is_tried_again_and_later_each_time()
    {
        var host = await Start();
        var failures = 0;
        Stage.Reminding = (_, _, _) =>
        {
            if (failures < 3)
            {
                Stage.Happened($"failure {++failures}");
                throw new ClusterException(StatusCode.Unavailable, "not now");
            }

            return Task.CompletedTask;
        };
        await SetReminder(host, due: Second, period: 3_600 * Second);

        Advance(1);
        await Stage.When("failure 1");
        await NextTry(TimeSpan.FromSeconds(2));
        Advance(1);
        await Stage.When("failure 2");
        await NextTry(TimeSpan.FromSeconds(4));
        Advance(2);
        await Stage.When("failure 3");
        await NextTry(TimeSpan.FromSeconds(8));
        Advance(4);
        await Reminded(1);
        await NextDue(TimeSpan.FromSeconds(3_601));
    }

    [Fact]
    public async Task A_reminder_whose_silo_dies_in_its_turn_fires_again_elsewhere()
    {
        var first = await Start();
        var entered = 0;
        Stage.Reminding = (_, _, _) =>
        {
            Stage.Happened($"entered {++entered}");
            return entered == 1 ? NewGate().Task : Task.CompletedTask;
        };
        await SetReminder(first, due: Second, period: 3_600 * Second);
        Advance(1);
        await Stage.When("entered 1");
        await first.Kill();

        await Start();
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Stage.When("entered 2");
        await Reminded(1);
    }

    [Fact]
    public async Task A_reminder_that_was_removed_does_not_fire_and_one_set_anew_keeps_its_new_time()
    {
        var host = await Start();
        await SetReminder(host, due: 10 * Second, period: 60 * Second);
        Stage.Script("remove", async (grain, call) =>
        {
            await grain.Life.RemoveReminder("wake", call.Cancellation);
            await grain.Life.RemoveReminder("never set", call.Cancellation);
            await grain.Life.SetReminder("other", 10 * Second, 60 * Second, call.Cancellation);
            await grain.Life.SetReminder("other", 20 * Second, 60 * Second, call.Cancellation);
        });
        await Act(host, "a", "remove");

        Advance(19);
        Advance(1);
        await Stage.When("a reminded of other");
        Assert.DoesNotContain("a reminded of wake", Stage.Log);
        Assert.Equal(1, Times("a reminded of other"));
    }

    [Fact]
    public async Task A_reminder_that_its_own_turn_sets_anew_keeps_the_new_time()
    {
        var host = await Start();
        Stage.Reminding = async (grain, _, call) =>
        {
            await grain.Life.SetReminder("wake", 300 * Second, 600 * Second, call.Cancellation);
            Stage.Happened("set anew");
        };
        await SetReminder(host, due: Second, period: 60 * Second);
        Advance(1);
        await Stage.When("set anew");
        await Reminded(1);

        await NextDue(TimeSpan.FromSeconds(301));
        Advance(120);
        Assert.Equal(1, Times("a reminded of wake"));
    }

    [Fact]
    public async Task A_timer_runs_as_turns_until_it_is_stopped()
    {
        var host = await Start();
        var ticks = 0;
        IDisposable? timer = null;
        Stage.Script("start", (grain, _) =>
        {
            timer = grain.Life.StartTimer(10 * Second, _ =>
            {
                Stage.Happened($"tick {++ticks}");
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        await Act(host, "a", "start");

        Clock.Advance(9 * Second);
        Assert.Equal(0, ticks);
        Clock.Advance(Second);
        await Stage.When("tick 1");
        await Eventually(async () =>
        {
            Clock.Advance(Second);
            await TotalOf(host, "a");
            return ticks == 2;
        });
        timer!.Dispose();
        await TotalOf(host, "a");
        var then = ticks;
        Clock.Advance(60 * Second);
        await TotalOf(host, "a");
        Assert.Equal(then, ticks);
    }

    [Fact]
    public async Task A_timer_and_the_token_of_what_runs_beside_the_turns_die_with_the_activation()
    {
        var host = await Start();
        var ticks = 0;
        var stopping = CancellationToken.None;
        Stage.Script("start", (grain, _) =>
        {
            stopping = grain.Life.Stopping;
            grain.Life.StartTimer(10 * Second, _ => Task.FromResult(++ticks));
            return Task.CompletedTask;
        });
        Stage.Script("throw", (_, _) => throw new InvalidOperationException("a defect"));
        await Act(host, "a", "start");
        Assert.False(stopping.IsCancellationRequested);

        await Refused(StatusCode.Internal, Act(host, "a", "throw"));
        await TotalOf(host, "a");
        Assert.True(stopping.IsCancellationRequested);
        Clock.Advance(60 * Second);
        await TotalOf(host, "a");
        Assert.Equal(0, ticks);
    }

    private async Task SetReminder(IConformanceHost host, TimeSpan due, TimeSpan period)
    {
        Stage.Script("set", (grain, call) => grain.Life.SetReminder("wake", due, period, call.Cancellation));
        await Act(host, "a", "set");
    }

    /// <summary>Second by second, as hosts look for reminders.</summary>
    private void Advance(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Clock.Advance(Second);
        }
    }

    private int Times(string what) => Stage.Log.Count(happened => happened == what);

    /// <summary>Awaits a firing and that the table has been told of it.</summary>
    private async Task Reminded(int times)
    {
        await Eventually(() => Task.FromResult(Times("a reminded of wake") >= times));
        await Eventually(async () => await Database.Scalar<int>("select max(attempts) from reminders") == 0);
        Assert.Equal(times, Times("a reminded of wake"));
    }

    private Task NextTry(TimeSpan sinceStart) => At("next_try_at", sinceStart);

    private Task NextDue(TimeSpan sinceStart) => At("due_at", sinceStart);

    private Task At(string column, TimeSpan sinceStart) => Eventually(async () =>
        await Database.Scalar<DateTime>($"select {column} from reminders where name = 'wake'") == (Beginning + sinceStart).UtcDateTime);
}
