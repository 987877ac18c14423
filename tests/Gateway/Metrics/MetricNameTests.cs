using System.Text.RegularExpressions;
using Cluster.Gateway.Metrics;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Gateway.Metrics;

public sealed partial class MetricNameTests
{
    [Theory]
    [InlineData("cluster.calls.waiting", "{call}", "Gauge", "cluster_calls_waiting")]
    [InlineData("cluster.calls", "{call}", "Counter", "cluster_calls_total")]
    [InlineData("cluster.calls.duration", "s", "Histogram", "cluster_calls_duration_seconds")]
    [InlineData("dotnet.process.cpu.time", "s", "Counter", "dotnet_process_cpu_time_seconds_total")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", "Counter", "dotnet_gc_heap_total_allocated_bytes_total")]
    [InlineData("requests_total", null, "Counter", "requests_total")]
    [InlineData("requests.seconds", "s", "Gauge", "requests_seconds")]
    [InlineData("share", "1", "Gauge", "share_ratio")]
    [InlineData("share", "1", "Counter", "share_total")]
    [InlineData("speed", "By/s", "Gauge", "speed_bytes_per_second")]
    [InlineData("rate", "{call}/s", "Gauge", "rate")]
    [InlineData("2nd--try", "", "Gauge", "_2nd_try")]
    public void Names_follow_the_rules_of_open_telemetry(string name, string? unit, string kind, string expected) =>
        Assert.Equal(expected, MetricName.Of(name, unit, Enum.Parse<MetricKind>(kind)));

    [Fact]
    public void Any_name_becomes_one_that_prometheus_takes() =>
        Prop.ForAll<string, string>((name, unit) =>
        {
            foreach (var kind in Enum.GetValues<MetricKind>())
            {
                Assert.Matches(Metric(), MetricName.Of(name ?? "", unit, kind));
            }

            Assert.Matches(Label(), MetricName.OfLabel(name ?? ""));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [GeneratedRegex(@"\A[a-zA-Z_:][a-zA-Z0-9_:]*\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"\A(?!__)[a-zA-Z_][a-zA-Z0-9_]*\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Label();
}
