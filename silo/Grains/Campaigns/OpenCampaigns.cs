using System.Diagnostics.Metrics;
using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>
/// Counts open campaigns in the database every few seconds. Every process that does shows the same figures, so whoever
/// reads them takes the greatest and not the sum.
/// </summary>
internal sealed class OpenCampaigns : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly CampaignStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<OpenCampaigns> _log;
    private volatile IReadOnlyList<(string State, long Count)> _counts = [];

    /// <summary>Makes the instrument.</summary>
    public OpenCampaigns(CampaignStore store, IMeterFactory meters, TimeProvider time, ILogger<OpenCampaigns> log)
    {
        (_store, _time, _log) = (store, time, log);
        meters.Create(LaneMetrics.Name).CreateObservableGauge(
            "cluster.campaigns.open",
            () => _counts.Select(open => new Measurement<long>(open.Count, KeyValuePair.Create<string, object?>("state", open.State))),
            "{campaign}",
            "Campaigns of the whole cluster that have begun and not ended, by state; stalled are those that the cluster paused itself.");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        do
        {
            try
            {
                _counts = await _store.CountOpen(stoppingToken);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                // A figure of before the database went away would say that all is well. One line when it begins.
                if (_counts.Count > 0)
                {
                    CampaignLog.NotCounted(_log, error);
                }

                _counts = [];
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
