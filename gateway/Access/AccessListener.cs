using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Npgsql;

namespace Cluster.Gateway.Access;

/// <summary>
/// Has the key ring read anew as soon as PostgreSQL tells of a change, so that what was revoked ends at once everywhere.
/// Holds a connection of its own; while it is lost, <see cref="AccessUpkeep"/> reads every few seconds all the same.
/// </summary>
internal sealed partial class AccessListener(Database database, KeyRing keys, TimeProvider time, ILogger<AccessListener> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(() => failing = false, stoppingToken);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                if (!failing)
                {
                    LogNotListening(error);
                }

                failing = true;
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task Listen(Action listening, CancellationToken stoppingToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(stoppingToken);
        await using (var listen = new NpgsqlCommand($"listen {AccessStore.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }

        listening();
        while (true)
        {
            // Also right at the beginning: something may have changed before anybody listened.
            await keys.Refresh(stoppingToken);
            await connection.WaitAsync(stoppingToken);
        }
    }

    [LoggerMessage(4104, LogLevel.Warning, "Changes of access are not told by PostgreSQL at the moment; they are read every few seconds")]
    private partial void LogNotListening(Exception error);
}
