using System.Diagnostics.Metrics;
using System.Text;
using Cluster.Gateway.Metrics;
using Cluster.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Gateway.Metrics;

public sealed class PrometheusMetricsTests : IDisposable
{
    private const int MaxSeries = 16;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;
    private readonly PrometheusMetrics _metrics;

    public PrometheusMetricsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meter = meters.Create("Cluster.Test");
        _metrics = new PrometheusMetrics(meters, new MetricsOptions { MaxSeries = MaxSeries }, NullLogger<PrometheusMetrics>.Instance);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Nothing_is_lost_where_many_threads_measure_and_others_scrape()
    {
        const int Threads = 8;
        const int Each = 50_000;
        var counter = _meter.CreateCounter<long>("counted");
        var reals = _meter.CreateCounter<double>("added");
        var level = _meter.CreateUpDownCounter<int>("level");
        var times = _meter.CreateHistogram<double>("times", "s");
        using var done = new CancellationTokenSource();
        var scraping = Task.Run(async () =>
        {
            var scrapes = 0;
            for (; !done.IsCancellationRequested; scrapes++)
            {
                var seen = await Scrape();
                var count = seen.Where(sample => sample.Name == "times_seconds_count").Sum(sample => sample.Value);
                var infinite = seen.Where(sample => sample.Name == "times_seconds_bucket" && sample.Labels["le"] == "+Inf").Sum(sample => sample.Value);
                Assert.Equal(infinite, count);
            }

            return scrapes;
        });

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            var tags = Enumerable.Range(0, MaxSeries).Select(series => new KeyValuePair<string, object?>("series", $"{series}")).ToArray();
            for (var i = 0; i < Each; i++)
            {
                counter.Add(1, tags[(i + thread) % MaxSeries]);
                reals.Add(0.25);
                level.Add(i % 2 == 0 ? 3 : -2);
                times.Record(i % 4 == 0 ? 0.02 : 0.2);
            }
        })));
        await done.CancelAsync();
        Assert.True(await scraping > 0);

        var samples = await Scrape();
        for (var series = 0; series < MaxSeries; series++)
        {
            Assert.Equal((double)Threads * Each / MaxSeries, samples.ValueOf("counted_total", ("series", $"{series}")));
        }

        Assert.Equal(Threads * Each * 0.25, samples.ValueOf("added_total"));
        Assert.Equal(Threads * Each / 2, samples.ValueOf("level"));
        Assert.Equal(Threads * Each, samples.ValueOf("times_seconds_count"));
        Assert.Equal(Threads * Each / 4, samples.ValueOf("times_seconds_bucket", ("le", "0.025")));
        Assert.Equal(0, samples.ValueOf("times_seconds_bucket", ("le", "0.01")));
        Assert.Equal(Threads * Each * ((0.02 / 4) + (0.2 * 3 / 4)), samples.ValueOf("times_seconds_sum"), precision: 3);
        string[] ours = ["counted_total", "added_total", "level", "times_seconds"];
        Assert.DoesNotContain(samples, sample => sample.Name == "cluster_metrics_dropped_total" && ours.Contains(sample.Labels["metric"]));
    }

    [Fact]
    public async Task Series_beyond_the_bound_are_not_kept_and_how_many_measurements_that_cost_is_shown()
    {
        var counter = _meter.CreateCounter<long>("visits");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var visitor = 0; visitor < MaxSeries * 10; visitor++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("visitor", visitor));
            }
        })));
        var first = await Scrape();
        var kept = first.First(sample => sample.Name == "visits_total").Labels["visitor"];
        counter.Add(5, new KeyValuePair<string, object?>("visitor", int.Parse(kept)));

        var samples = await Scrape();

        Assert.Equal(MaxSeries, samples.Count(sample => sample.Name == "visits_total"));
        Assert.Equal(9, samples.ValueOf("visits_total", ("visitor", kept)));
        Assert.Equal(4 * MaxSeries * 9, samples.ValueOf("cluster_metrics_dropped_total", ("metric", "visits_total")));
    }

    [Fact]
    public async Task Series_of_observable_instruments_make_room_when_they_are_gone()
    {
        var first = 0;
        _meter.CreateObservableGauge("rooms", () => Enumerable.Range(first, MaxSeries).Select(room => new Measurement<int>(room, new KeyValuePair<string, object?>("room", room))));

        await Scrape();
        first = 1_000;
        var samples = await Scrape();

        Assert.Equal(Enumerable.Range(1_000, MaxSeries).Select(room => (double)room), samples.Where(sample => sample.Name == "rooms").Select(sample => sample.Value).Order());
    }

    [Fact]
    public async Task Tags_in_another_order_or_of_another_type_are_the_same_series()
    {
        var counter = _meter.CreateCounter<int>("answers");
        counter.Add(1, new("status", 200), new("path", "/"), new("none", null));
        counter.Add(2, new("path", "/"), new KeyValuePair<string, object?>("status", "200"));

        Assert.Equal(3, (await Scrape()).ValueOf("answers_total", ("status", "200"), ("path", "/")));
    }

    [Fact]
    public async Task Gauges_show_the_last_value_and_observed_ones_what_they_say_now()
    {
        var set = _meter.CreateGauge<double>("temperature");
        var readings = new List<Measurement<long>> { new(7, new KeyValuePair<string, object?>("tank", "a")), new(long.MaxValue, new KeyValuePair<string, object?>("tank", "b")) };
        _meter.CreateObservableUpDownCounter("level", () => readings);
        set.Record(1);
        set.Record(-0.5);

        var before = await Text();
        readings.RemoveAt(0);
        var after = await Text();

        Assert.Contains("\ntemperature -0.5\n", before, StringComparison.Ordinal);
        Assert.Contains("\nlevel{tank=\"a\"} 7\n", before, StringComparison.Ordinal);
        Assert.Contains("\nlevel{tank=\"b\"} 9223372036854775807\n", after, StringComparison.Ordinal);
        Assert.DoesNotContain("tank=\"a\"", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buckets_are_those_that_the_instrument_advises()
    {
        var sizes = _meter.CreateHistogram("sizes", "By", "Sizes.", tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [10, 1_000] });
        sizes.Record(10);
        sizes.Record(11);
        sizes.Record(1_001);

        var text = await Text();

        Assert.Contains(
            """
            # HELP sizes_bytes Sizes.
            # TYPE sizes_bytes histogram
            sizes_bytes_bucket{le="10"} 1
            sizes_bytes_bucket{le="1000"} 2
            sizes_bytes_bucket{le="+Inf"} 3
            sizes_bytes_sum 1022
            sizes_bytes_count 3

            """,
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_measurement_of_known_tags_allocates_nothing()
    {
        var counter = _meter.CreateCounter<long>("calls");
        var times = _meter.CreateHistogram<double>("times");
        object rpc = "cluster.v1.Wallets/GetWallet";

        // The table of tags, and what the runtime makes at first calls.
        Measure(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(1_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(2_000, (await Scrape()).ValueOf("calls_total"));

        void Measure(int count)
        {
            for (var i = 0; i < count; i++)
            {
                counter.Add(1, new("rpc", rpc), new KeyValuePair<string, object?>("grain", "wallet"));
                times.Record(0.5, new KeyValuePair<string, object?>("rpc", rpc));
            }
        }
    }

    [Fact]
    public async Task An_instrument_that_fails_hides_no_other_and_what_is_no_number_spoils_no_sum()
    {
        _meter.CreateObservableGauge("broken", int () => throw new InvalidOperationException("no reading"));
        _meter.CreateObservableGauge("good", () => 1);
        var sum = _meter.CreateCounter<double>("sum");
        sum.Add(1);
        sum.Add(double.NaN);

        await Scrape();
        var samples = await Scrape();

        Assert.Equal(1, samples.ValueOf("good"));
        Assert.Equal(1, samples.ValueOf("sum_total"));
        Assert.Equal(1, samples.ValueOf("cluster_metrics_dropped_total", ("metric", "sum_total")));
        Assert.Equal(2, samples.ValueOf("cluster_metrics_failures_total"));
    }

    [Fact]
    public async Task Meters_of_another_container_in_the_process_are_not_heard()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        others.GetRequiredService<IMeterFactory>().Create("Cluster.Test").CreateCounter<long>("foreign").Add(1);

        Assert.DoesNotContain(await Scrape(), sample => sample.Name == "foreign_total");
    }

    [Fact]
    public void Any_label_value_is_read_back_as_it_was()
    {
        var values = ArbMap.Default.ArbFor<string>().Generator
            .Or(Gen.Elements("\\", "\"", "\n", "\\n", "a\\\"b\n", "{}=,", "é\u0000\r", new string('x', 256)).ListOf().Select(string.Concat));
        Prop.ForAll(values.ToArbitrary(), value =>
        {
            var expected = value is { Length: > 256 } ? value[..256] : value ?? "";
            var labels = LabelText.Of([], [new("value", value), new("other", "1")]);
            var writer = new ExpositionWriter(openMetrics: false);
            writer.Begin(new MetricHead("m", MetricKind.Gauge, "", "Help."));
            writer.Sample("m", labels, Number.Of(1L));
            var sample = Assert.Single(PrometheusSamples.Read(Encoding.UTF8.GetString(writer.End().Span)));
            Assert.Equal("1", sample.Labels["other"]);
            // A character that is cut in two cannot be written.
            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(expected)), sample.Labels.GetValueOrDefault("value", ""));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact]
    public async Task Open_metrics_names_families_without_total_and_ends_with_a_mark()
    {
        _meter.CreateCounter<long>("things", "{thing}", "Things \"seen\".").Add(2);

        var text = Encoding.UTF8.GetString((await _metrics.Scrape(openMetrics: true, TestContext.Current.CancellationToken)).Span);

        Assert.Contains("# HELP things Things \\\"seen\\\".\n# TYPE things counter\nthings_total 2\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_takes_whatever_instruments_are_called_and_tagged()
    {
        _meter.CreateCounter<long>("9 strange-name.of$things", "{thing}", "A \\ and a\nline.").Add(
            1, new("a b", "x\"y\\z\nw"), new("a.b", "second"), new KeyValuePair<string, object?>("__name__", "\u2028 ü"));
        _meter.CreateHistogram<double>("waits", "s", "Waits.").Record(double.Epsilon);

        var (exitCode, output) = await Promtool.Run(".", await Text(), "check", "metrics");

        Assert.True(exitCode == 0, output);
    }

    private async Task<string> Text() => Encoding.UTF8.GetString((await _metrics.Scrape(openMetrics: false, TestContext.Current.CancellationToken)).Span);

    private async Task<IReadOnlyList<PrometheusSample>> Scrape() => PrometheusSamples.Read(await Text());
}
