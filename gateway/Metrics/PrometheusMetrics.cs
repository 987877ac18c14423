using System.Diagnostics.Metrics;

namespace Cluster.Gateway.Metrics;

/// <summary>
/// Listens to the process's instruments and writes what they measured for Prometheus. A measurement costs its callers a
/// look-up and an addition, without locks and without allocation; everything else happens at a scrape.
/// </summary>
/// <remarks>
/// Meters of other containers in the same process are not listened to: <see cref="IMeterFactory"/> marks its own.
/// </remarks>
internal sealed partial class PrometheusMetrics : IDisposable
{
    /// <summary>Of the meter that measures the measuring.</summary>
    public const string MeterName = "Cluster.Metrics";

    private readonly IMeterFactory _meters;
    private readonly int _maxSeries;
    private readonly ILogger<PrometheusMetrics> _log;
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (Metric Metric, InstrumentShape Shape)> _metrics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _scraping = new(1, 1);
    private readonly Counter<long> _failures;

    /// <summary>Listens from now on.</summary>
    /// <param name="meters">The container's.</param>
    /// <param name="options">Bounds what is kept.</param>
    /// <param name="log">Told of instruments that cannot be exposed or read.</param>
    public PrometheusMetrics(IMeterFactory meters, MetricsOptions options, ILogger<PrometheusMetrics> log)
    {
        (_meters, _maxSeries, _log) = (meters, options.MaxSeries, log);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (MetricOf(instrument) is { } metric)
            {
                listener.EnableMeasurementEvents(instrument, metric);
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, metric) => ((Metric)metric!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, metric) => ((Metric)metric!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, metric) => ((Metric)metric!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, metric) => ((Metric)metric!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, metric) => ((Metric)metric!).Record((double)value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, metric) => ((Metric)metric!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, metric) => ((Metric)metric!).Record((double)value, tags));

        var meter = meters.Create(MeterName);
        _failures = meter.CreateCounter<long>("cluster.metrics.failures", "{failure}", "Scrapes in which an instrument could not be read.");
        meter.CreateObservableCounter("cluster.metrics.dropped", ReadDropped, "{measurement}", "Measurements that were not kept, since their metric has as many series as it may or they were no number.");
        _listener.Start();
    }

    /// <summary>Every metric known by now, also those without a sample, by name.</summary>
    public IReadOnlyList<MetricHead> Heads => [.. Known().Select(metric => metric.Head)];

    /// <summary>Asks the observable instruments and writes all metrics.</summary>
    /// <param name="openMetrics">Whether to write OpenMetrics instead of Prometheus' own text format.</param>
    /// <param name="cancellationToken">Gives up waiting for another scrape.</param>
    public async Task<ReadOnlyMemory<byte>> Scrape(bool openMetrics, CancellationToken cancellationToken)
    {
        await _scraping.WaitAsync(cancellationToken);
        try
        {
            return Write(openMetrics);
        }
        finally
        {
            _scraping.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _scraping.Dispose();
    }

    private ReadOnlyMemory<byte> Write(bool openMetrics)
    {
        foreach (var metric in Known())
        {
            metric.BeginScrape();
        }

        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException error)
        {
            // The instruments that could be read have been.
            _failures.Add(1);
            LogNotRead(error);
        }

        var writer = new ExpositionWriter(openMetrics);
        foreach (var metric in Known())
        {
            writer.Begin(metric.Head);
            metric.Write(writer);
        }

        return writer.End();
    }

    private Metric[] Known()
    {
        lock (_gate)
        {
            return [.. _metrics.Values.Select(entry => entry.Metric)];
        }
    }

    private Metric? MetricOf(Instrument instrument)
    {
        if ((instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, _meters))
            || InstrumentShape.Of(instrument) is not { } shape
            || MeasuredInstruments.ExposureOf(instrument, shape.Kind) is not (var name, var kind))
        {
            return null;
        }

        lock (_gate)
        {
            if (_metrics.TryGetValue(name, out var known))
            {
                if (known.Shape == shape)
                {
                    return known.Metric;
                }

                LogTwice(instrument.Name, instrument.Meter.Name, name);
                return null;
            }

            var metric = Create(instrument, new MetricHead(name, kind, MetricName.UnitForPeople(instrument.Unit), HelpOf(instrument)), shape.Aggregation);
            _metrics.Add(name, (metric, shape));
            return metric;
        }
    }

    private static string HelpOf(Instrument instrument) => string.IsNullOrEmpty(instrument.Description)
        ? $"{instrument.Name} of {instrument.Meter.Name}."
        : instrument.Description;

    private Metric Create(Instrument instrument, MetricHead head, Aggregation aggregation)
    {
        KeyValuePair<string, object?>[] common = [.. instrument.Meter.Tags ?? [], .. instrument.Tags ?? []];
        return aggregation switch
        {
            Aggregation.Sum => new SumMetric(head, _maxSeries, common),
            Aggregation.Last => new LastValueMetric(head, _maxSeries, common),
            Aggregation.Buckets => new HistogramMetric(head, MeasuredInstruments.BoundsOf(instrument), _maxSeries, common),
            Aggregation.ObservedSum => new ObservedMetric(head, addsUp: true, _maxSeries, common),
            _ => new ObservedMetric(head, addsUp: false, _maxSeries, common),
        };
    }

    private IEnumerable<Measurement<long>> ReadDropped() =>
        from metric in Known()
        let dropped = metric.Dropped
        where dropped > 0
        select new Measurement<long>(dropped, KeyValuePair.Create<string, object?>("metric", metric.Head.Name));

    [LoggerMessage(4301, LogLevel.Warning, "The instrument {Instrument} of {Meter} is not exposed: another one of another type is exposed as {Metric}")]
    private partial void LogTwice(string instrument, string meter, string metric);

    [LoggerMessage(4302, LogLevel.Warning, "Instruments could not be read for a scrape")]
    private partial void LogNotRead(Exception error);
}
