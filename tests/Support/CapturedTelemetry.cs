using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Cluster.Tests.Support;

/// <summary>Keeps every span and every measurement of the process with all that they say, as an exporter would get them.</summary>
internal sealed class CapturedTelemetry : IDisposable
{
    private readonly ConcurrentQueue<string> _spans = new();
    private readonly ConcurrentDictionary<string, int> _measurements = new(StringComparer.Ordinal);
    private readonly ActivityListener _spansListener;
    private readonly MeterListener _metersListener = new();

    public CapturedTelemetry()
    {
        _spansListener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => _spans.Enqueue(
                $"{span.Source.Name} {span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Events.SelectMany(each => each.Tags))} {string.Join(' ', span.Baggage)}"),
        };
        ActivitySource.AddActivityListener(_spansListener);
        _metersListener.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _metersListener.SetMeasurementEventCallback<long>(Keep);
        _metersListener.SetMeasurementEventCallback<int>(Keep);
        _metersListener.SetMeasurementEventCallback<double>(Keep);
        _metersListener.Start();
    }

    public IEnumerable<string> Spans => _spans;

    public IEnumerable<string> Measurements => _measurements.Keys;

    public void Dispose()
    {
        _spansListener.Dispose();
        _metersListener.Dispose();
    }

    private void Keep<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _measurements.TryAdd($"{instrument.Meter.Name} {instrument.Name} {string.Join(' ', tags.ToArray())}", 0);
}
