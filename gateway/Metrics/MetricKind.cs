using System.Diagnostics.Metrics;

namespace Cluster.Gateway.Metrics;

/// <summary>What Prometheus takes an instrument for.</summary>
internal enum MetricKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>Counts by bucket, and a sum.</summary>
    Histogram,
}

/// <summary>How the measurements of an instrument become the value of a series.</summary>
internal enum Aggregation
{
    /// <summary>Measurements are added up.</summary>
    Sum,

    /// <summary>The last measurement is the value.</summary>
    Last,

    /// <summary>Measurements are sorted into buckets.</summary>
    Buckets,

    /// <summary>The instrument is asked at each scrape and answers with sums.</summary>
    ObservedSum,

    /// <summary>The instrument is asked at each scrape and answers with values.</summary>
    ObservedLast,
}

/// <summary>What an instrument's type says about it.</summary>
/// <param name="Kind">What Prometheus is told, unless a better type is known.</param>
/// <param name="Aggregation">What is done with measurements.</param>
internal readonly record struct InstrumentShape(MetricKind Kind, Aggregation Aggregation)
{
    /// <summary>The shape of an instrument; null for one of a type that this build does not know.</summary>
    public static InstrumentShape? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        return definition switch
        {
            _ when definition == typeof(Counter<>) => new(MetricKind.Counter, Aggregation.Sum),
            _ when definition == typeof(UpDownCounter<>) => new(MetricKind.Gauge, Aggregation.Sum),
            _ when definition == typeof(Gauge<>) => new(MetricKind.Gauge, Aggregation.Last),
            _ when definition == typeof(Histogram<>) => new(MetricKind.Histogram, Aggregation.Buckets),
            _ when definition == typeof(ObservableCounter<>) => new(MetricKind.Counter, Aggregation.ObservedSum),
            _ when definition == typeof(ObservableUpDownCounter<>) => new(MetricKind.Gauge, Aggregation.ObservedSum),
            _ when definition == typeof(ObservableGauge<>) => new(MetricKind.Gauge, Aggregation.ObservedLast),
            _ => null,
        };
    }
}
