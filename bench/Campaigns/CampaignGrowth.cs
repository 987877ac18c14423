using System.Globalization;

namespace Cluster.Bench.Campaigns;

/// <summary>What a million recipients take beside fewer: memory, and time for each.</summary>
internal sealed class CampaignGrowth : Benchmark
{
    private const int Small = 10_000;
    private const int Middle = 100_000;
    private const int Large = 1_000_000;
    private const double MemoryAtMost = 1.5;
    private const double MebibytesAtMost = 600;
    private const double TimeAtMost = 1.1;

    public override string Name => "million";

    public override string Figure => $"peak memory and time a recipient at {Large:N0} recipients";

    public override string Reference => $"memory at {Middle:N0}, time at {Small:N0} (median of {Comparison.Rounds})";

    public override string Bound => $"at most {MemoryAtMost} × and {MebibytesAtMost:N0} MiB; at most {TimeAtMost} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        await using var bench = await CampaignBench.Connect(cancellationToken);
        var memory = new ProcessMemory(int.Parse(Environment.GetEnvironmentVariable("BENCH_CLUSTER_PID")!, CultureInfo.InvariantCulture));
        var small = new List<double>();
        for (var round = 0; round < Comparison.Rounds; round++)
        {
            small.Add((await Run(bench, memory, Small, cancellationToken)).Microseconds);
        }

        var middle = await Run(bench, memory, Middle, cancellationToken);
        var large = await Run(bench, memory, Large, cancellationToken);
        var memoryRatio = large.Mebibytes / middle.Mebibytes;
        var timeRatio = large.Microseconds / Comparison.Median(small);
        return new(
            $"{memoryRatio:N2} ×, {large.Mebibytes:N0} MiB; {timeRatio:N2} ×",
            $"{large.Mebibytes:N0} beside {middle.Mebibytes:N0} MiB; {large.Microseconds:N0} beside {Comparison.Median(small):N0} µs a recipient",
            memoryRatio <= MemoryAtMost && large.Mebibytes <= MebibytesAtMost && timeRatio <= TimeAtMost);
    }

    private static async Task<(double Mebibytes, double Microseconds)> Run(
        CampaignBench bench, ProcessMemory memory, int count, CancellationToken cancellationToken)
    {
        var mint = await bench.NewMint(cancellationToken);
        var recipients = bench.Recipients(count);
        memory.Reset();
        var (paid, _) = await bench.Campaign(mint, recipients, cancellationToken);
        return (memory.PeakMebibytes(), paid.TotalMicroseconds / count);
    }
}
