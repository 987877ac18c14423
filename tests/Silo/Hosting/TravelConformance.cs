using System.Diagnostics;
using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Hosting.Contract;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Promise 6: deadlines and cancellation travel with the call; so do caller, request id and trace context.</summary>
public abstract class TravelConformance(IConformanceHosts hosts) : HostConformance(hosts)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Caller_request_id_deadline_and_trace_reach_the_last_grain_of_a_chain()
    {
        var host = await Start();
        var seen = new List<Call>();
        Stage.Script("last", (_, call) =>
        {
            seen.Add(call);
            return Task.CompletedTask;
        });
        Stage.Script("pass on", (grain, call) => grain.Others.Call<ActReply>(new ActRequest { ProbeId = "b", Script = "last" }, call));
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var sent = new Call(new Caller("key-7", "Ada", "10.1.2.3") { Role = "operator", UserAgent = "airdrops/2" }, "request-9", Beginning + (30 * Second), trace);

        await Act(host, "a", "pass on", sent);

        var call = Assert.Single(seen);
        Assert.Equal((sent.Caller, sent.RequestId, sent.Deadline), (call.Caller, call.RequestId, call.Deadline));
        Assert.Equal(trace.TraceId, call.Trace.TraceId);
    }

    [Fact]
    public async Task Nothing_of_a_caller_but_its_call_reaches_a_grain_and_nothing_of_a_grain_comes_back()
    {
        var host = await Start();
        var ambient = new AsyncLocal<string?>();
        Stage.Script("look around", (_, _) =>
        {
            var seen = ambient.Value ?? "nothing";
            ambient.Value = "the grain's";
            return Task.FromResult(seen);
        });
        await TotalOf(host, "a");
        ambient.Value = "the caller's";

        Assert.Equal("nothing", (await Act(host, "a", "look around")).Result);
        Assert.Equal("nothing", (await Act(host, "a", "look around")).Result);
        Assert.Equal("the caller's", ambient.Value);
    }

    [Fact]
    public async Task What_a_grain_starts_when_it_is_loaded_anew_inherits_nothing_of_the_caller()
    {
        var host = await Start();
        var ambient = new AsyncLocal<string?>();
        await Add(host, "a", 1);
        await Database.Execute("update probes set version = version + 1 where probe_id = 'a'");
        var seen = new List<string?>();
        Stage.Activating = async (_, _) =>
        {
            await Task.Yield();
            seen.Add(ambient.Value);
        };

        ambient.Value = "the caller's";
        await Add(host, "a", 1);
        await Add(host, "b", 1);
        Assert.Equal([null, null], seen);
    }

    [Fact]
    public async Task A_deadline_that_passes_in_a_turn_answers_the_caller_and_cancels_what_the_turn_waits_for()
    {
        var host = await Start();
        Stage.Script("hang", (_, call) =>
        {
            Stage.Happened("hangs");
            return Task.Delay(Timeout.InfiniteTimeSpan, call.Cancellation);
        });
        var call = Act(host, "a", "hang", NewCall() with { Deadline = Beginning + (5 * Second) });
        await Stage.When("hangs");
        Clock.Advance(4 * Second);
        Assert.False(call.IsCompleted);
        Clock.Advance(Second);

        await Refused(StatusCode.DeadlineExceeded, call);
        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task A_deadline_is_kept_even_where_the_turn_does_not_look_at_it()
    {
        var host = await Start();
        var gate = NewGate();
        Stage.Script("deaf", async (_, _) =>
        {
            Stage.Happened("deaf");
            await gate.Task;
        });
        var call = Act(host, "a", "deaf", NewCall() with { Deadline = Beginning + (5 * Second) });
        await Stage.When("deaf");
        Clock.Advance(5 * Second);

        var error = await Refused(StatusCode.DeadlineExceeded, call);
        Assert.Contains("probe/a", error.Message);
        var next = TotalOf(host, "a");
        Assert.False(next.IsCompleted);
        gate.SetResult();
        Assert.Equal(0, await next);
    }

    [Fact]
    public async Task A_call_whose_deadline_passes_while_it_waits_is_answered_and_never_runs()
    {
        var host = await Start();
        var gate = NewGate();
        Stage.Script("wait", async (_, _) =>
        {
            Stage.Happened("waits");
            await gate.Task;
        });
        Stage.Script("never", (_, _) =>
        {
            Stage.Happened("never");
            return Task.CompletedTask;
        });
        var running = Act(host, "a", "wait");
        await Stage.When("waits");
        var late = Act(host, "a", "never", NewCall() with { Deadline = Beginning + (5 * Second) });
        var patient = Add(host, "a", 1);
        await Eventually(() => Task.FromResult(host.Waiting == 2));
        Clock.Advance(5 * Second);

        await Refused(StatusCode.DeadlineExceeded, late);
        gate.SetResult();
        await Task.WhenAll(running, patient);
        Assert.DoesNotContain("never", Stage.Log);
    }

    [Fact]
    public async Task A_call_whose_deadline_has_passed_is_refused_at_once()
    {
        var host = await Start();
        await Refused(StatusCode.DeadlineExceeded, Act(host, "a", "any", NewCall() with { Deadline = Beginning - Second }));
        Assert.Empty(Stage.Log);
    }

    [Fact]
    public async Task A_deadline_in_the_far_future_is_as_good_as_any()
    {
        var host = await Start();
        Stage.Script("yield", async (_, _) => await Task.Yield());
        await Act(host, "a", "yield", NewCall() with { Deadline = DateTimeOffset.MaxValue });
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_answered_whether_its_call_waits_or_runs()
    {
        var host = await Start();
        Stage.Script("hang", (_, call) =>
        {
            Stage.Happened("hangs");
            return Task.Delay(Timeout.InfiniteTimeSpan, call.Cancellation);
        });
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var running = Act(host, "a", "hang", NewCall() with { Cancellation = first.Token });
        await Stage.When("hangs");
        var waiting = Act(host, "a", "hang", NewCall() with { Cancellation = second.Token });
        await Eventually(() => Task.FromResult(host.Waiting == 1));

        await second.CancelAsync();
        await Refused(StatusCode.Cancelled, waiting);
        await first.CancelAsync();
        await Refused(StatusCode.Cancelled, running);
        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task Cancellation_reaches_the_last_grain_of_a_chain()
    {
        var host = await Start();
        Stage.Script("hang", async (_, call) =>
        {
            Stage.Happened("hangs");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, call.Cancellation);
            }
            finally
            {
                Stage.Happened("let go");
            }
        });
        Stage.Script("pass on", (grain, call) => grain.Others.Call<ActReply>(new ActRequest { ProbeId = "b", Script = "hang" }, call));
        using var source = new CancellationTokenSource();
        var call = Act(host, "a", "pass on", NewCall() with { Cancellation = source.Token });
        await Stage.When("hangs");
        await source.CancelAsync();

        await Refused(StatusCode.Cancelled, call);
        await Stage.When("let go");
    }

    [Fact]
    public async Task A_shorter_deadline_for_a_call_further_down_is_kept()
    {
        var host = await Start();
        Stage.Script("hang", (_, call) =>
        {
            Stage.Happened("hangs");
            return Task.Delay(Timeout.InfiniteTimeSpan, call.Cancellation);
        });
        Stage.Script("be brief", async (grain, call) =>
        {
            var error = await Assert.ThrowsAsync<ClusterException>(() => grain.Others.Call<ActReply>(
                new ActRequest { ProbeId = "b", Script = "hang" },
                call with { Deadline = Beginning + Second }));
            return $"{error.Status}";
        });
        var call = Act(host, "a", "be brief", NewCall() with { Deadline = Beginning + (60 * Second) });
        await Stage.When("hangs");
        Clock.Advance(Second);

        Assert.Equal("DeadlineExceeded", (await call).Result);
    }

    [Fact]
    public async Task A_cycle_of_calls_ends_by_the_deadline_with_the_names_of_the_grains()
    {
        var host = await Start();
        Stage.Script("call b", (grain, call) => grain.Others.Call<ActReply>(new ActRequest { ProbeId = "b", Script = "call a" }, call));
        Stage.Script("call a", (grain, call) =>
        {
            var back = grain.Others.Call<ActReply>(new ActRequest { ProbeId = "a", Script = "call b" }, call);
            Stage.Happened("cycle closed");
            return back;
        });
        var call = Act(host, "a", "call b");
        await Stage.When("cycle closed");
        await Eventually(() => Task.FromResult(host.Waiting == 1));
        Clock.Advance(Settings.DefaultDeadline);

        var error = await Refused(StatusCode.DeadlineExceeded, call);
        Assert.Contains("probe/a", error.Message);
        Assert.Equal(0, await TotalOf(host, "a"));
        Assert.Equal(0, await TotalOf(host, "b"));
    }
}
