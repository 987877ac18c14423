using System.Diagnostics.Metrics;

namespace Cluster.Gateway.Metrics;

/// <summary>
/// Which instruments are exposed: all of ours, and of .NET's, Kestrel's and Npgsql's those that an operator needs and
/// that cost nothing per request.
/// </summary>
internal static class MeasuredInstruments
{
    private const string Ours = "Cluster.";

    /// <summary>Instruments of others, with what they are exposed as where the rules would have Prometheus' own checks object.</summary>
    private static readonly Dictionary<(string Meter, string Instrument), (string Name, MetricKind Kind)?> Others = new()
    {
        [("System.Runtime", "dotnet.exceptions")] = null,
        [("System.Runtime", "dotnet.gc.collections")] = null,
        [("System.Runtime", "dotnet.gc.heap.total_allocated")] = null,
        [("System.Runtime", "dotnet.gc.last_collection.heap.fragmentation.size")] = null,
        [("System.Runtime", "dotnet.gc.last_collection.heap.size")] = null,
        [("System.Runtime", "dotnet.gc.last_collection.memory.committed_size")] = null,
        [("System.Runtime", "dotnet.gc.pause.time")] = null,
        [("System.Runtime", "dotnet.monitor.lock_contentions")] = null,
        [("System.Runtime", "dotnet.process.cpu.count")] = ("dotnet_process_cpus", MetricKind.Gauge),
        [("System.Runtime", "dotnet.process.cpu.time")] = null,
        [("System.Runtime", "dotnet.process.memory.working_set")] = null,
        [("System.Runtime", "dotnet.thread_pool.queue.length")] = ("dotnet_thread_pool_queue_length", MetricKind.Gauge),
        [("System.Runtime", "dotnet.thread_pool.thread.count")] = ("dotnet_thread_pool_threads", MetricKind.Gauge),
        [("System.Runtime", "dotnet.thread_pool.work_item.count")] = ("dotnet_thread_pool_work_items_total", MetricKind.Counter),
        [("System.Runtime", "dotnet.timer.count")] = ("dotnet_timers", MetricKind.Gauge),
        [("Microsoft.AspNetCore.Server.Kestrel", "kestrel.active_connections")] = null,
        [("Microsoft.AspNetCore.Server.Kestrel", "kestrel.active_tls_handshakes")] = null,
        [("Microsoft.AspNetCore.Server.Kestrel", "kestrel.connection.duration")] = null,
        [("Microsoft.AspNetCore.Server.Kestrel", "kestrel.queued_connections")] = null,
        [("Microsoft.AspNetCore.Server.Kestrel", "kestrel.rejected_connections")] = null,
        [("Microsoft.AspNetCore.Server.Kestrel", "kestrel.tls_handshake.duration")] = null,
        [("Npgsql", "db.client.connection.count")] = ("db_client_connections", MetricKind.Gauge),
        [("Npgsql", "db.client.connection.max")] = null,
        [("Npgsql", "db.client.connection.npgsql.pending_requests")] = null,
        [("Npgsql", "db.client.connection.npgsql.timeouts")] = null,
        [("Npgsql", "db.client.operation.duration")] = null,
    };

    /// <summary>For times in seconds, from a turn in memory to a chain's finality.</summary>
    private static readonly double[] Seconds =
        [0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>For sizes in bytes.</summary>
    private static readonly double[] Bytes = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];

    /// <summary>For counts.</summary>
    private static readonly double[] Counts = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

    /// <summary>Name and type of the metric that an instrument is exposed as; null where it is not.</summary>
    /// <param name="instrument">Any.</param>
    /// <param name="kind">What its own type makes it.</param>
    public static (string Name, MetricKind Kind)? ExposureOf(Instrument instrument, MetricKind kind)
    {
        var isOthers = Others.TryGetValue((instrument.Meter.Name, instrument.Name), out var exposure);
        return isOthers || instrument.Meter.Name.StartsWith(Ours, StringComparison.Ordinal)
            ? exposure ?? (MetricName.Of(instrument.Name, instrument.Unit, kind), kind)
            : null;
    }

    /// <summary>The bounds of a histogram's buckets: those that its maker advises, or what suits its unit.</summary>
    public static double[] BoundsOf(Instrument instrument) =>
        AdviceOf(instrument) is { Length: > 0 } advised
            ? advised
            : instrument.Unit switch
            {
                "s" => Seconds,
                "By" => Bytes,
                _ => Counts,
            };

    private static double[]? AdviceOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<float> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => null,
    };
}
