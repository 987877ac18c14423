namespace Cluster.Gateway.Metrics;

/// <summary>
/// A metric whose instruments are asked at each scrape. What they no longer report is no longer written. Asked and
/// written by one scrape at a time.
/// </summary>
/// <param name="head">What it is.</param>
/// <param name="addsUp">Whether several values of one series in one scrape are added; otherwise the last one counts.</param>
/// <param name="maxSeries">How many series there may be.</param>
/// <param name="common">Tags that every series has.</param>
internal sealed class ObservedMetric(MetricHead head, bool addsUp, int maxSeries, KeyValuePair<string, object?>[] common) : Metric(head)
{
    private SeriesTable<Observation> _series = Empty(maxSeries, common);
    private long _scrape;

    /// <inheritdoc/>
    public override void BeginScrape()
    {
        _scrape++;
        if (_series.All.Length == maxSeries)
        {
            // Some of them may be gone by now and make room.
            _series = Empty(maxSeries, common);
        }
    }

    /// <inheritdoc/>
    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Record(Number.Of(value), tags);

    /// <inheritdoc/>
    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Record(Number.Of(value), tags);

    /// <inheritdoc/>
    public override void Write(ExpositionWriter writer)
    {
        foreach (var series in _series.All)
        {
            if (series.Cell.Scrape == _scrape)
            {
                writer.Sample(Head.Name, series.Labels, series.Cell.Value);
            }
        }
    }

    private static SeriesTable<Observation> Empty(int maxSeries, KeyValuePair<string, object?>[] common) =>
        new(maxSeries, common, static () => new Observation());

    private void Record(Number value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_series.TryFind(tags, out var observation))
        {
            Drop();
            return;
        }

        observation.Value = addsUp && observation.Scrape == _scrape ? observation.Value.Plus(value) : value;
        observation.Scrape = _scrape;
    }

    private sealed class Observation
    {
        public Number Value { get; set; }

        public long Scrape { get; set; }
    }
}
