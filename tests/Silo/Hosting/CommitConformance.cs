using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>
/// Promises 2 and 3: state is loaded before the first call and committed before the reply, and an activation that threw
/// is dropped.
/// </summary>
public abstract class CommitConformance(IConformanceHosts hosts) : HostConformance(hosts)
{
    [Fact]
    public async Task What_was_answered_is_there_after_a_restart()
    {
        var first = await Start();
        Assert.Equal(5, (await Add(first, "a", 5)).Total_);
        await first.Stop();

        var second = await Start();
        Assert.Equal(5, await TotalOf(second, "a"));
    }

    [Fact]
    public async Task What_was_answered_is_there_after_the_host_was_killed_and_what_was_not_committed_is_not()
    {
        var first = await Start();
        await Add(first, "a", 5);
        Stage.Script("half-way", async (grain, _) =>
        {
            grain.Total += 1_000;
            Stage.Happened("half-way");
            await NewGate().Task;
        });
        _ = Act(first, "a", "half-way");
        await Stage.When("half-way");
        await first.Kill();

        var second = await Start();
        Assert.Equal(5, await TotalOf(second, "a"));
    }

    [Fact]
    public async Task A_grain_is_loaded_once_however_many_calls_come_first()
    {
        var host = await Start();
        var gate = NewGate();
        Stage.Activating = (_, _) => gate.Task;
        var calls = Enumerable.Range(0, 20).Select(_ => Add(host, "a", 1)).ToList();

        gate.SetResult();
        await Task.WhenAll(calls);
        Assert.Single(Stage.Log, what => what == "a activated");
        Assert.Equal(20, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task An_activation_that_threw_half_way_is_dropped_and_what_waited_moves_to_a_fresh_one_in_order()
    {
        var host = await Start();
        await Add(host, "a", 5);
        var gate = NewGate();
        Stage.Script("spoil", async (grain, _) =>
        {
            grain.Total = -1;
            Stage.Happened("spoiled");
            await gate.Task;
            throw new InvalidOperationException("a defect");
        });

        var spoiling = Act(host, "a", "spoil");
        await Stage.When("spoiled");
        var order = new List<long>();
        var waiting = Enumerable.Range(1, 10).Select(async amount =>
        {
            var total = await Add(host, "a", amount);
            lock (order)
            {
                order.Add(total.Total_);
            }
        }).ToList();
        gate.SetResult();

        var error = await Refused(StatusCode.Internal, spoiling);
        Assert.DoesNotContain("a defect", error.Message);
        await Task.WhenAll(waiting);
        Assert.Equal([6, 8, 11, 15, 20, 26, 33, 41, 50, 60], order.Order());
        Assert.Equal(["a activated", "spoiled", "a deactivated", "a activated"], Stage.Log);
    }

    [Fact]
    public async Task A_read_only_call_that_threw_lets_the_readers_beside_it_end_before_the_activation_is_dropped()
    {
        var host = await Start();
        var gate = NewGate();
        Stage.Script("look long", async (_, _) =>
        {
            Stage.Happened("looks");
            await gate.Task;
            Stage.Happened("looked");
        });
        Stage.Script("throw", (_, _) => throw new InvalidOperationException("a defect"));

        var looking = Look(host, "a", "look long");
        await Stage.When("looks");
        await Refused(StatusCode.Internal, Look(host, "a", "throw"));
        var next = TotalOf(host, "a");
        gate.SetResult();
        await looking;
        await next;

        Assert.Equal(["a activated", "looks", "looked", "a deactivated", "a activated"], Stage.Log);
    }

    [Fact]
    public async Task A_refusal_leaves_the_activation_as_it_is()
    {
        var host = await Start();
        Stage.Script("refuse", (grain, _) =>
        {
            grain.Total = 77;
            throw new ClusterException(StatusCode.FailedPrecondition, "insufficient funds");
        });

        var error = await Refused(StatusCode.FailedPrecondition, Act(host, "a", "refuse"));
        Assert.Equal("insufficient funds", error.Message);
        Assert.Equal(77, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task Callers_get_the_error_of_an_activation_that_failed_and_the_next_call_tries_again()
    {
        var host = await Start();
        Stage.Activating = (_, _) => throw new ClusterException(StatusCode.Unavailable, "the vault is away");
        var error = await Refused(StatusCode.Unavailable, TotalOf(host, "a"));
        Assert.Equal("the vault is away", error.Message);

        Stage.Activating = (_, _) => throw new InvalidOperationException("a defect");
        await Refused(StatusCode.Internal, TotalOf(host, "a"));

        Stage.Activating = (_, _) => Task.CompletedTask;
        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task An_activation_that_takes_too_long_is_given_up()
    {
        var host = await Start(settings => settings with { ActivationTimeout = TimeSpan.FromSeconds(5) });
        Stage.Activating = (_, _) =>
        {
            Stage.Happened("loads");
            return NewGate().Task;
        };
        var call = TotalOf(host, "a");
        await Stage.When("loads");
        Clock.Advance(TimeSpan.FromSeconds(5));

        await Refused(StatusCode.Unavailable, call);
        Stage.Activating = (_, _) => Task.CompletedTask;
        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task A_stale_activation_changes_nothing_and_its_call_runs_again_on_what_is_committed()
    {
        var host = await Start();
        await Add(host, "a", 5);

        // Somebody else, as in a cluster that is split for a moment.
        await Database.Execute("update probes set total = 100, version = version + 1 where probe_id = 'a'");

        Assert.Equal(101, (await Add(host, "a", 1)).Total_);
        Assert.Equal(101, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task A_call_that_is_stale_again_and_again_is_aborted()
    {
        var host = await Start();
        Stage.Script("stale", (_, _) => throw new StaleVersionException("probe a"));

        await Refused(StatusCode.Aborted, Act(host, "a", "stale"));
        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_unavailable_and_not_a_defect()
    {
        var host = await Start();
        Stage.Script("cut off", (_, _) => throw new Npgsql.NpgsqlException("broken pipe", new IOException("broken pipe")));

        var error = await Refused(StatusCode.Unavailable, Act(host, "a", "cut off"));
        Assert.DoesNotContain("broken pipe", error.Message);
    }
}
