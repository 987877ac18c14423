using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Turns;
using Cluster.Tests.Silo.Hosting.Contract;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>What the embedded host does beyond what every host must.</summary>
public sealed class EmbeddedHostTests() : HostConformance(new EmbeddedHosts())
{
    private readonly LogCollector _log = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_grains_of_a_cycle_of_calls_are_named(bool active)
    {
        var host = await StartWith(_ => { });
        foreach (var key in (string[])(active ? ["a", "b", "c"] : []))
        {
            await TotalOf(host, key);
        }

        Stage.Script("call b", (grain, call) => CallOther(grain, "b", "call c", call));
        Stage.Script("call c", (grain, call) => CallOther(grain, "c", "call a", call));
        Stage.Script("call a", (grain, call) => CallOther(grain, "a", "call b", call));
        var call = Act(host, "a", "call b");
        await Eventually(() => Task.FromResult(host.Runtime.Cells.Count(cell => cell.Running is not null) == 3));
        Clock.Advance(Settings.DefaultDeadline);

        var error = await Refused(StatusCode.DeadlineExceeded, call);
        Assert.Contains("wait for each other, which no deadline cures: probe/a, probe/b, probe/c.", error.Message);
    }

    [Fact]
    public async Task Two_requests_that_hold_what_the_other_waits_for_are_named_too()
    {
        var host = await StartWith(_ => { });
        Stage.Script("take the other", async (grain, call) =>
        {
            Stage.Happened($"{grain.Id.Key} held");
            await Task.WhenAll(Stage.When("a held"), Stage.When("b held"));
            await CallOther(grain, grain.Id.Key == "a" ? "b" : "a", "take the other", call);
        });
        Task[] calls = [Act(host, "a", "take the other"), Act(host, "b", "take the other")];
        await Eventually(() => Task.FromResult(host.Runtime.Cells.Count(cell => cell.Running is not null && cell.Mailbox.Count > 0) == 2));
        Clock.Advance(Settings.DefaultDeadline);

        var error = await Refused(StatusCode.DeadlineExceeded, calls[0]);
        Assert.Contains("wait for each other, which no deadline cures: probe/a, probe/b.", error.Message);
        await Refused(StatusCode.DeadlineExceeded, calls[1]);
    }

    [Fact]
    public async Task A_call_that_waited_in_vain_is_told_what_ran()
    {
        var host = await StartWith(_ => { });
        var gate = NewGate();
        Stage.Script("wait", async (_, _) =>
        {
            Stage.Happened("waits");
            await gate.Task;
        });
        var running = Act(host, "a", "wait", NewCall() with { RequestId = "the-slow-one", Deadline = Beginning + TimeSpan.FromHours(1) });
        await Eventually(() => Task.FromResult(host.Runtime.Cells.Any(cell => cell.Running is not null)));
        var late = TotalOf(host, "a");
        Clock.Advance(Settings.DefaultDeadline);

        var error = await Refused(StatusCode.DeadlineExceeded, late);
        Assert.Contains("probe/a runs Act (request id the-slow-one)", error.Message);
        Assert.DoesNotContain("each other", error.Message);
        gate.SetResult();
        await running;
    }

    [Fact]
    public async Task Where_room_runs_short_those_idle_longest_are_collected()
    {
        var host = await StartWith(options => options.MaxActivations = 20);
        for (var number = 0; number < 20; number++)
        {
            await TotalOf(host, $"{number}");
        }

        await Stage.When("0 deactivated");
        for (var number = 20; number < 100; number++)
        {
            await Eventually(async () =>
            {
                try
                {
                    await TotalOf(host, $"{number}");
                    return true;
                }
                catch (ClusterException full) when (full.Status == StatusCode.ResourceExhausted)
                {
                    return false;
                }
            });
            Assert.InRange(host.Runtime.Activations, 1, 20);
        }
    }

    [Fact]
    public async Task Where_all_activations_are_busy_another_one_is_refused_with_the_bound()
    {
        var host = await StartWith(options => options.MaxActivations = 2);
        var gate = NewGate();
        Stage.Script("wait", async (grain, _) =>
        {
            Stage.Happened($"{grain.Id.Key} waits");
            await gate.Task;
        });
        Task[] busy = [Act(host, "a", "wait"), Act(host, "b", "wait")];
        await Task.WhenAll(Stage.When("a waits"), Stage.When("b waits"));

        var error = await Refused(StatusCode.ResourceExhausted, TotalOf(host, "c"));
        Assert.Contains("probe/c", error.Message);
        Assert.Contains("MaxActivations", error.Message);
        gate.SetResult();
        await Task.WhenAll(busy);
    }

    [Fact]
    public async Task Nothing_is_kept_of_grains_that_were_collected()
    {
        var host = await StartWith(options => options.IdleAge = TimeSpan.FromMinutes(8));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => TotalOf(host, $"{number}")));
        Assert.Equal(50, host.Runtime.Cells.Count());

        await Eventually(async () =>
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
            return !host.Runtime.Cells.Any();
        });
        Assert.Equal(0, host.Runtime.Activations);
    }

    [Fact]
    public async Task A_stop_waits_for_a_hanging_turn_only_as_long_as_it_may_and_names_the_grain()
    {
        var host = await StartWith(options => options.DrainTimeout = TimeSpan.FromSeconds(20));
        Stage.Script("hang", async (_, _) =>
        {
            Stage.Happened("hangs");
            await NewGate().Task;
        });
        _ = Act(host, "a", "hang");
        await Stage.When("hangs");
        await TotalOf(host, "b");
        var stopping = host.Stop();
        await Stage.When("b deactivated");
        Assert.False(stopping.IsCompleted);

        await Eventually(async () =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            return stopping.IsCompleted;
        });
        await stopping;
        Assert.Contains("probe/a", Assert.Single(_log.Entries, entry => entry.EventId == 1007).Text);
    }

    [Fact]
    public async Task A_defect_is_in_the_log_under_the_request_id_and_not_in_the_answer()
    {
        var host = await StartWith(_ => { });
        Stage.Script("throw", (_, _) => throw new InvalidOperationException("the secret detail"));

        var error = await Refused(StatusCode.Internal, Act(host, "a", "throw", NewCall() with { RequestId = "request-42" }));

        Assert.Contains("request-42", error.Message);
        Assert.DoesNotContain("the secret detail", error.Message);
        var logged = Assert.Single(_log.Entries, entry => entry.EventId == 1001);
        Assert.Contains("request-42", logged.Text);
        Assert.Equal("the secret detail", logged.Error!.Message);
    }

    [Fact]
    public async Task Calls_activations_and_refusals_are_counted()
    {
        var host = await StartWith(options => options.MailboxBound = 1);
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == HostMetrics.Name && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}";
            lock (seen)
            {
                seen[key] = instrument is Counter<long> or Histogram<double> ? seen.GetValueOrDefault(key) + (instrument is Counter<long> ? value : 1) : value;
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();

        var gate = NewGate();
        Stage.Script("wait", async (_, _) =>
        {
            Stage.Happened("waits");
            await gate.Task;
        });
        var running = Act(host, "a", "wait");
        await Stage.When("waits");
        var waiting = TotalOf(host, "a");
        await Refused(StatusCode.ResourceExhausted, TotalOf(host, "a"));
        listener.RecordObservableInstruments();

        Assert.Equal(1, seen["cluster.calls cluster.tests.hosting.ProbeOperations.Act"]);
        Assert.Equal(2, seen["cluster.calls cluster.tests.hosting.Probes.GetTotal"]);
        Assert.Equal(1, seen["cluster.calls.waiting probe"]);
        Assert.Equal(1, seen["cluster.calls.refused probe mailbox_full"]);
        Assert.Equal(1, seen["cluster.activations probe"]);
        Assert.Equal(1, seen["cluster.activations.started probe"]);

        gate.SetResult();
        await Task.WhenAll(running, waiting);
        listener.RecordObservableInstruments();
        Assert.Equal(0, seen["cluster.calls.waiting probe"]);

        // A call is timed when it has been answered, which may be a moment after its caller knows.
        await Eventually(() =>
        {
            lock (seen)
            {
                return Task.FromResult(seen.GetValueOrDefault("cluster.calls.duration cluster.tests.hosting.ProbeOperations.Act") == 1);
            }
        });

        Stage.Activating = (_, _) => throw new ClusterException(StatusCode.Unavailable, "the vault is away");
        const int Times = 40;
        for (var time = 0; time < Times; time++)
        {
            await Refused(StatusCode.Unavailable, TotalOf(host, "b"));
        }

        Assert.Equal(Times, seen["cluster.activations.failed probe Unavailable"]);
        Assert.Equal(Times, seen["cluster.calls.failures cluster.tests.hosting.Probes.GetTotal Unavailable"]);
    }

    [Fact]
    public async Task Where_somebody_listens_a_call_is_a_span_that_is_current_in_its_turn_and_the_parent_of_those_below()
    {
        var stopped = new List<Activity>();
        var root = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == HostMetrics.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == root.TraceId ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                lock (stopped)
                {
                    stopped.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var host = await StartWith(_ => { });
        Stage.Script("pass on", async (grain, call) =>
        {
            Assert.Equal("probe.Act", Activity.Current?.OperationName);
            await CallOther(grain, "b", "throw", call);
        });
        Stage.Script("throw", (_, _) => throw new ClusterException(StatusCode.NotFound, "no such thing"));

        await Refused(StatusCode.NotFound, Act(host, "a", "pass on", NewCall() with { Trace = root }));

        Assert.Equal(2, stopped.Count);
        Assert.Equal(root.SpanId, stopped[1].ParentSpanId);
        Assert.Equal(stopped[1].SpanId, stopped[0].ParentSpanId);
        Assert.All(stopped, span => Assert.Equal((root.TraceId, ActivityStatusCode.Error), (span.TraceId, span.Status)));
    }

    [Fact]
    public async Task Callers_that_come_and_go_while_a_grain_is_collected_again_and_again_lose_no_call()
    {
        const int Callers = 8, CallsEach = 500;
        var host = await StartWith(_ => { });
        var done = 0;
        var dropped = 0;
        Stage.Script("count", (grain, _) =>
        {
            if (++done % 7 == 0)
            {
                dropped++;
                grain.Life.DeactivateAfterTurn();
            }

            return Task.CompletedTask;
        });

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var count = 0; count < CallsEach; count++)
            {
                await Act(host, "a", "count");
            }
        })));

        Assert.Equal(Callers * CallsEach, done);
        await Eventually(() => Task.FromResult(Stage.Log.Count(what => what == "a deactivated") == dropped));
    }

    private static async Task CallOther(ProbeGrain grain, string other, string script, Call call) =>
        await grain.Others.Call<ActReply>(new ActRequest { ProbeId = other, Script = script }, call);

    private async Task<EmbeddedHostUnderTest> StartWith(Action<GrainHostOptions> configure) =>
        (EmbeddedHostUnderTest)await Start(settings => settings, settings => EmbeddedHosts.Start(settings, services => services
            .Configure(configure)
            .AddSingleton<ILoggerProvider>(_log)));
}
