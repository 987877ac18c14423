using Cluster.Gateway.Configuration;
using Npgsql;

namespace Cluster.Gateway.Access;

/// <summary>Keeps the key ring fresh and the audit log up to date, for as long as the gateway runs.</summary>
internal sealed partial class AccessUpkeep(
    AdministratorKey administrator,
    KeyRing keys,
    KeyUses uses,
    RefusalLog refusals,
    AccessOptions options,
    TimeProvider time,
    ILogger<AccessUpkeep> log) : BackgroundService
{
    /// <summary>Nothing is served before the keys are known.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await administrator.Ensure(cancellationToken);
        await keys.Refresh(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.KeyRefreshSeconds), time);
        var failing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.Refresh(stoppingToken);
                await refusals.Write(stoppingToken);
                await uses.Write(stoppingToken);
                failing = false;
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                // One line when it begins; readiness says that it goes on.
                if (!failing)
                {
                    LogNotRefreshed(error, (int)KeyRing.Trust.TotalSeconds);
                }

                failing = true;
            }
        }
    }

    /// <summary>The last refusals and uses are written before the process ends.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await refusals.Write(cancellationToken);
        await uses.Write(cancellationToken);
    }

    [LoggerMessage(4102, LogLevel.Warning, "API keys could not be read anew; those known stay valid for {TrustSeconds} seconds at most")]
    private partial void LogNotRefreshed(Exception error, int trustSeconds);
}
