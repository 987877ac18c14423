namespace Cluster.Gateway.Metrics;

/// <summary>A gauge that is set.</summary>
internal sealed class LastValueMetric(MetricHead head, int maxSeries, KeyValuePair<string, object?>[] common) : Metric(head)
{
    private readonly SeriesTable<Value> _series = new(maxSeries, common, static () => new Value());

    /// <inheritdoc/>
    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Record((double)value, tags);

    /// <inheritdoc/>
    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_series.TryFind(tags, out var last))
        {
            Volatile.Write(ref last.Last, value);
        }
        else
        {
            Drop();
        }
    }

    /// <inheritdoc/>
    public override void Write(ExpositionWriter writer)
    {
        foreach (var series in _series.All)
        {
            writer.Sample(Head.Name, series.Labels, Number.Of(Volatile.Read(ref series.Cell.Last)));
        }
    }

    private sealed class Value
    {
        public double Last;
    }
}
