using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Hosting.Contract;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Promise 1: one activation, one call at a time, in order of arrival; read-only calls may overlap each other.</summary>
public abstract class TurnConformance(IConformanceHosts hosts) : HostConformance(hosts)
{
    [Fact]
    public async Task Calls_to_one_grain_run_one_at_a_time_in_order_of_arrival()
    {
        var host = await Start();
        var gate = NewGate();
        var order = new List<int>();
        Stage.Script("wait", async (_, _) =>
        {
            Stage.Happened("first runs");
            await gate.Task;
        });
        var first = Act(host, "a", "wait");
        await Stage.When("first runs");

        var others = new List<Task>();
        for (var number = 0; number < 50; number++)
        {
            var mine = number;
            Stage.Script($"note {mine}", async (_, _) =>
            {
                order.Add(mine);
                await Task.Yield();
                Assert.Equal(mine, order[^1]);
            });
            others.Add(Act(host, "a", $"note {mine}"));
        }

        Assert.Empty(order);
        gate.SetResult();
        await Task.WhenAll([first, .. others]);
        Assert.Equal(Enumerable.Range(0, 50), order);
    }

    [Fact]
    public async Task Many_callers_at_once_never_meet_inside_a_grain_and_lose_no_call()
    {
        const int Callers = 32, CallsEach = 200, Grains = 4;
        var host = await Start();
        var inside = new int[Grains];
        var done = new int[Grains];
        Stage.Script("enter", async (grain, _) =>
        {
            var number = int.Parse(grain.Id.Key);
            Assert.Equal(1, Interlocked.Increment(ref inside[number]));
            if (done[number]++ % 3 == 0)
            {
                await Task.Yield();
            }

            Interlocked.Decrement(ref inside[number]);
        });

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var count = 0; count < CallsEach; count++)
            {
                await Act(host, $"{random.Next(Grains)}", "enter");
            }
        })));

        Assert.Equal(Callers * CallsEach, done.Sum());
    }

    [Fact]
    public async Task Different_grains_run_at_the_same_time()
    {
        var host = await Start();
        Stage.Script("meet", async (grain, _) =>
        {
            Stage.Happened($"{grain.Id.Key} is here");
            await Task.WhenAll(Stage.When("a is here"), Stage.When("b is here"));
        });

        await Task.WhenAll(Act(host, "a", "meet"), Act(host, "b", "meet"));
    }

    [Fact]
    public async Task Read_only_calls_overlap_each_other_from_the_first_on()
    {
        var host = await Start();
        var arrived = 0;
        Stage.Script("meet", async (_, _) =>
        {
            if (Interlocked.Increment(ref arrived) == 3)
            {
                Stage.Happened("all three");
            }

            await Stage.When("all three");
        });

        await Task.WhenAll(Look(host, "a", "meet"), Look(host, "a", "meet"), Look(host, "a", "meet"));
    }

    [Fact]
    public async Task A_changing_call_waits_for_readers_and_readers_that_come_later_wait_for_it()
    {
        var host = await Start();
        var gate = NewGate();
        Stage.Script("read", async (_, _) =>
        {
            Stage.Happened("early reader");
            await gate.Task;
            Stage.Happened("early reader leaves");
        });
        Stage.Script("write", async (_, _) =>
        {
            Stage.Happened("writer");
            await Task.Yield();
            Stage.Happened("writer leaves");
        });
        Stage.Script("read late", (_, _) =>
        {
            Stage.Happened("late reader");
            return Task.CompletedTask;
        });

        var early = Look(host, "a", "read");
        await Stage.When("early reader");
        var writer = Act(host, "a", "write");
        var late = Look(host, "a", "read late");
        Assert.DoesNotContain("writer", Stage.Log);
        Assert.DoesNotContain("late reader", Stage.Log);

        gate.SetResult();
        await Task.WhenAll(early, writer, late);
        Assert.Equal(
            ["early reader", "early reader leaves", "writer", "writer leaves", "late reader"],
            Stage.Log.Where(what => what.Contains("reader") || what.Contains("writer")));
    }

    [Fact]
    public async Task A_grain_may_call_other_grains_in_its_turn()
    {
        var host = await Start();
        Stage.Script("relay", (grain, call) => Relay(grain, call, depth: int.Parse(grain.Id.Key)));

        Assert.Equal("40 steps", (await Act(host, "40", "relay")).Result);
    }

    [Fact]
    public async Task A_chain_of_two_thousand_grains_that_call_each_other_overflows_no_stack()
    {
        var host = await Start();
        Stage.Script("relay", (grain, call) => Relay(grain, call, depth: int.Parse(grain.Id.Key)));

        // Loaded first, so that each call finds the next grain idle and could run on the caller's stack.
        for (var number = 0; number <= 2_000; number++)
        {
            await TotalOf(host, $"{number}");
        }

        Assert.Equal("2000 steps", (await Act(host, "2000", "relay")).Result);
    }

    [Fact]
    public async Task The_reply_of_another_type_is_refused_before_anything_runs()
    {
        var host = await Start();
        await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Grains.Call<ActReply>(new AddToTotalRequest { ProbeId = "a", Amount = 1, RequestId = "r" }, NewCall()));
        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Theory]
    [InlineData(0, 'k', "needs a probe_id")]
    [InlineData(129, 'k', "at most 128")]
    [InlineData(1, '\0', "control character")]
    [InlineData(128, '\n', "control character")]
    public async Task A_key_that_is_empty_or_too_long_or_cannot_be_stored_is_refused(int length, char letter, string says)
    {
        var host = await Start();
        var error = await Refused(StatusCode.InvalidArgument, TotalOf(host, new string(letter, length)));
        Assert.Contains(says, error.Message);
        Assert.Equal(0, await TotalOf(host, new string('k', 128)));
    }

    private static async Task<string> Relay(ProbeGrain grain, Call call, int depth)
    {
        if (depth == 0)
        {
            return "0 steps";
        }

        var below = await grain.Others.Call<ActReply>(new ActRequest { ProbeId = $"{depth - 1}", Script = "relay" }, call);
        return $"{int.Parse(below.Result.Split(' ')[0]) + 1} steps";
    }
}
