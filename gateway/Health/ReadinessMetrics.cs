using System.Collections.ObjectModel;
using System.Diagnostics.Metrics;

namespace Cluster.Gateway.Health;

/// <summary>Looks at the readiness of the process every few seconds, so that it is measured also where nobody asks.</summary>
internal sealed class ReadinessMetrics : BackgroundService
{
    /// <summary>Of the meter.</summary>
    public const string MeterName = "Cluster.Health";

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Readiness _readiness;
    private readonly TimeProvider _time;
    private volatile HealthReport? _last;

    /// <summary>Makes the instrument.</summary>
    public ReadinessMetrics(Readiness readiness, IMeterFactory meters, TimeProvider time)
    {
        (_readiness, _time) = (readiness, time);
        meters.Create(MeterName).CreateObservableGauge(
            "cluster.ready",
            () => (_last?.Parts ?? ReadOnlyDictionary<string, PartReport>.Empty).Select(part => new Measurement<int>(
                part.Value.Reason is null ? 1 : 0,
                KeyValuePair.Create<string, object?>("part", part.Key))),
            description: "Whether what the process depends on works (1) or not (0), by part.");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        do
        {
            _last = await _readiness.Report(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
