using Cluster.Gateway.Metrics;
using Cluster.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster.Bench.Grains;

/// <summary>What measuring costs: grain calls that Prometheus is told of, scraped every second, beside calls of which nobody hears.</summary>
internal sealed class MeasuredCalls : Benchmark
{
    private const int CallsEach = 40_000;
    private const double AtLeast = 0.95;

    private static readonly TimeSpan ScrapePeriod = TimeSpan.FromSeconds(1);

    public override string Name => "metrics";

    public override string Figure => "grain calls a second of processor time while Prometheus listens";

    public override string Reference => "the same host with nobody listening";

    public override string Bound => $"{AtLeast:N2} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        using var silent = GrainCalls.BuildHost(_ => { });
        using var measured = GrainCalls.BuildHost(services => services.AddLogging().AddPrometheusMetrics(new MetricsOptions()));
        await silent.StartAsync(cancellationToken);
        await measured.StartAsync(cancellationToken);
        var metrics = measured.Services.GetRequiredService<PrometheusMetrics>();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scraping = Scrape(metrics, done.Token);

        var comparison = await Comparison.Of(() => Rate(measured), () => Rate(silent));

        await done.CancelAsync();
        var scrapes = await scraping;
        await measured.StopAsync(cancellationToken);
        await silent.StopAsync(cancellationToken);
        return scrapes > 0
            ? comparison.Row(AtLeast, "calls/s")
            : throw new InvalidOperationException("nothing was scraped while calls were measured");
    }

    /// <summary>By the processor time that calls took and not by the clock, since the difference is smaller than what other processes make.</summary>
    private static async Task<double> Rate(IHost host)
    {
        var before = Environment.CpuUsage.TotalTime;
        await GrainCalls.Rate(host.Services.GetRequiredService<IGrains>(), CallsEach, key => new Contract.CountUpRequest { CounterId = key });
        return GrainCalls.Callers * CallsEach / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    private static async Task<int> Scrape(PrometheusMetrics metrics, CancellationToken cancellationToken)
    {
        var scrapes = 0;
        using var timer = new PeriodicTimer(ScrapePeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await metrics.Scrape(openMetrics: false, cancellationToken);
                scrapes++;
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }

        return scrapes;
    }
}
