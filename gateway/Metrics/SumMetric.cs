namespace Cluster.Gateway.Metrics;

/// <summary>A counter, or a gauge that is added to and taken from.</summary>
internal sealed class SumMetric(MetricHead head, int maxSeries, KeyValuePair<string, object?>[] common) : Metric(head)
{
    private readonly SeriesTable<StripedSum> _series = new(maxSeries, common, static () => new StripedSum());

    /// <inheritdoc/>
    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_series.TryFind(tags, out var sum))
        {
            sum.Add(value);
        }
        else
        {
            Drop();
        }
    }

    /// <inheritdoc/>
    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // One that is not a number would make the sum none, for ever.
        if (double.IsFinite(value) && _series.TryFind(tags, out var sum))
        {
            sum.Add(value);
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
            writer.Sample(Head.Name, series.Labels, series.Cell.Read());
        }
    }
}
