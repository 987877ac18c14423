namespace Cluster.Gateway.Metrics;

/// <summary>What Prometheus is told of a metric beside its values.</summary>
/// <param name="Name">As it is exposed, a counter's with <c>_total</c>.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Unit">What it is measured in, or what is counted; empty where it is neither.</param>
/// <param name="Help">For people.</param>
internal sealed record MetricHead(string Name, MetricKind Kind, string Unit, string Help);

/// <summary>A metric: takes the measurements of its instruments, and is written at each scrape.</summary>
/// <param name="head">What it is.</param>
internal abstract class Metric(MetricHead head)
{
    private long _dropped;

    /// <summary>What it is.</summary>
    public MetricHead Head => head;

    /// <summary>Measurements that found no room among the series, or that were no number.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes a measurement.</summary>
    public abstract void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Takes a measurement.</summary>
    public abstract void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Called before observable instruments are asked.</summary>
    public virtual void BeginScrape()
    {
    }

    /// <summary>Writes the samples of all series.</summary>
    public abstract void Write(ExpositionWriter writer);

    /// <summary>Counts a measurement that was not kept.</summary>
    protected void Drop() => Interlocked.Increment(ref _dropped);
}
