namespace Cluster.Gateway.Metrics;

/// <summary>A histogram with fixed buckets.</summary>
internal sealed class HistogramMetric : Metric
{
    private readonly SeriesTable<StripedHistogram> _series;
    private readonly double[] _bounds;

    /// <summary>Makes it.</summary>
    /// <param name="head">What it is.</param>
    /// <param name="bounds">Upper bounds of the buckets, inclusive, growing.</param>
    /// <param name="maxSeries">How many series there may be.</param>
    /// <param name="common">Tags that every series has.</param>
    public HistogramMetric(MetricHead head, double[] bounds, int maxSeries, KeyValuePair<string, object?>[] common)
        : base(head)
    {
        _bounds = bounds;
        _series = new(maxSeries, common, () => new StripedHistogram(bounds));
    }

    /// <inheritdoc/>
    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Record((double)value, tags);

    /// <inheritdoc/>
    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (double.IsFinite(value) && _series.TryFind(tags, out var histogram))
        {
            histogram.Add(value);
        }
        else
        {
            Drop();
        }
    }

    /// <inheritdoc/>
    public override void Write(ExpositionWriter writer)
    {
        Span<long> counts = stackalloc long[_bounds.Length + 1];
        foreach (var series in _series.All)
        {
            var sum = series.Cell.Read(counts);
            var below = 0L;
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                below += counts[bucket];
                writer.Bucket(Head.Name, series.Labels, bucket < _bounds.Length ? _bounds[bucket] : double.PositiveInfinity, below);
            }

            writer.Sample($"{Head.Name}_sum", series.Labels, Number.Of(sum));
            writer.Sample($"{Head.Name}_count", series.Labels, Number.Of(below));
        }
    }
}
