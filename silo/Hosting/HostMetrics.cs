using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cluster.Silo.Hosting.Contracts;

namespace Cluster.Silo.Hosting;

/// <summary>What hosts measure: meter and activity source <c>Cluster.Silo</c>.</summary>
public sealed class HostMetrics : IDisposable
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "Cluster.Silo";

    internal static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter;
    private readonly ConcurrentDictionary<string, OperationMetrics> _operations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GrainTypeMetrics> _types = new(StringComparer.Ordinal);

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">The container's.</param>
    public HostMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        Duration = _meter.CreateHistogram<double>("cluster.calls.duration", "s", "Time from a call's start to its answer, of one call in thirty-two.");
        Failures = _meter.CreateCounter<long>("cluster.calls.failures", "{call}", "Calls that were answered with an error, by status.");
        Refusals = _meter.CreateCounter<long>("cluster.calls.refused", "{call}", "Calls that did not get their turn in time, by reason.");
        ActivationFailures = _meter.CreateCounter<long>("cluster.activations.failed", "{activation}", "Grains that could not be loaded, by status.");
        Reminders = _meter.CreateCounter<long>("cluster.reminders.fired", "{firing}", "Reminders' turns, by outcome.");
        _meter.CreateObservableCounter("cluster.calls", () => _operations.Values.Select(operation => operation.Read()), "{call}", "Calls of grains.");
        _meter.CreateObservableUpDownCounter("cluster.calls.waiting", () => _types.Values.Select(type => type.ReadWaiting()), "{call}", "Calls that wait in mailboxes.");
        _meter.CreateObservableUpDownCounter("cluster.activations", () => _types.Values.Select(type => type.ReadActive()), "{activation}", "Grains in memory.");
        _meter.CreateObservableCounter("cluster.activations.started", () => _types.Values.Select(type => type.ReadStarted()), "{activation}", "Grains that were loaded.");
    }

    internal Histogram<double> Duration { get; }

    internal Counter<long> Failures { get; }

    internal Counter<long> Refusals { get; }

    internal Counter<long> ActivationFailures { get; }

    private Counter<long> Reminders { get; }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal OperationMetrics OfOperation(Operation operation) =>
        _operations.GetOrAdd(operation.FullName, static (_, state) => new OperationMetrics(state.Item1, state.operation), (this, operation));

    internal GrainTypeMetrics OfType(string grainType) =>
        _types.GetOrAdd(grainType, static (type, metrics) => new GrainTypeMetrics(metrics, type), this);

    internal void ReminderFired(GrainId grain, bool succeeded) =>
        Reminders.Add(1, new("grain", grain.Type), new("outcome", succeeded ? "succeeded" : "failed"));
}

/// <summary>Counts the calls of one rpc and those that fail, and observes one in thirty-two from end to end.</summary>
internal sealed class OperationMetrics(HostMetrics metrics, Operation operation)
{
    /// <summary>Two looks at the clock cost as much as a whole call in memory.</summary>
    private const int OneIn = 32;

    private readonly StripedCounter _calls = new();
    private readonly KeyValuePair<string, object?> _rpc = new("rpc", operation.FullName);
    private readonly string _span = $"{operation.GrainType}.{operation.Name}";

    /// <summary>Counts a call.</summary>
    /// <returns>Whether to <see cref="Observe"/> it: a trace is listened to, or it is the turn of a sample.</returns>
    public bool Called() =>
        (_calls.Increment() % OneIn == 1 && metrics.Duration.Enabled) || HostMetrics.Activities.HasListeners();

    public CallObservation Observe(Call call, TimeProvider time) =>
        new(this, call, time, HostMetrics.Activities.StartActivity(_span, ActivityKind.Internal, call.Trace));

    public Measurement<long> Read() => new(_calls.Sum, _rpc);

    public void Failed(StatusCode status) => metrics.Failures.Add(1, _rpc, new("status", status.ToString()));

    public void Record(TimeSpan duration) => metrics.Duration.Record(duration.TotalSeconds, _rpc);
}

/// <summary>One observed call.</summary>
internal struct CallObservation(OperationMetrics metrics, Call call, TimeProvider time, Activity? activity) : IDisposable
{
    private readonly long _start = time.GetTimestamp();
    private ClusterException? _error;

    /// <summary>The call, within its span.</summary>
    public Call Call { get; } = activity is null ? call : call with { Trace = activity.Context, Span = activity };

    public void Failed(ClusterException error) => _error = error;

    public readonly void Dispose()
    {
        metrics.Record(time.GetElapsedTime(_start));
        if (_error is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, _error.Status.ToString());
        }

        activity?.Dispose();
    }
}

/// <summary>Counts the activations and waiting calls of one grain type.</summary>
internal sealed class GrainTypeMetrics(HostMetrics metrics, string grainType)
{
    private readonly KeyValuePair<string, object?> _type = new("grain", grainType);
    private long _waiting;
    private long _active;
    private long _started;

    public void Enqueued() => Interlocked.Increment(ref _waiting);

    public void Dequeued(int count = 1) => Interlocked.Add(ref _waiting, -count);

    public void Activated()
    {
        Interlocked.Increment(ref _active);
        Interlocked.Increment(ref _started);
    }

    public void Deactivated() => Interlocked.Decrement(ref _active);

    /// <summary>The grain could not be loaded.</summary>
    public void Failed(StatusCode status) => metrics.ActivationFailures.Add(1, _type, new("status", status.ToString()));

    public void Refused(string reason) => metrics.Refusals.Add(1, _type, new("reason", reason));

    public Measurement<long> ReadWaiting() => new(Interlocked.Read(ref _waiting), _type);

    public Measurement<long> ReadActive() => new(Interlocked.Read(ref _active), _type);

    public Measurement<long> ReadStarted() => new(Interlocked.Read(ref _started), _type);
}
