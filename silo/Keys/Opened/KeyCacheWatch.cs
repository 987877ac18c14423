using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Keys;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cluster.Silo.Keys.Opened;

/// <summary>
/// Obeys the orders to wipe opened keys, whichever process gave them: PostgreSQL tells of each, and now and then the table
/// is read all the same. A process that cannot hear orders wipes its keys by itself.
/// </summary>
internal sealed class KeyCacheWatch(
    Database database, KeyHolderStore holders, OpenedKeys opened, KeyEncryptionKeyRing ring, TimeProvider time, ILogger<KeyCacheWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Deaf = TimeSpan.FromSeconds(20);

    private readonly string _holderId = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():n}";
    private long _obeyed;
    private long _heard = time.GetTimestamp();

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        opened.Clear();
        try
        {
            await holders.Remove(_holderId, cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // It is gone from the list after a while.
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
            {
                KeyLog.CannotWatch(logger, error.Message);
                WipeWhereDeaf();
                await Task.Delay(Period, time, stoppingToken);
            }
        }
    }

    private async Task Listen(CancellationToken stoppingToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(stoppingToken);
        await using (var listen = new NpgsqlCommand($"listen {KeyHolderStore.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }

        var told = true;
        while (true)
        {
            await Obey(stoppingToken);
            if (told)
            {
                await Refresh(stoppingToken);
                await Report(stoppingToken);
            }

            told = await connection.WaitAsync(Period, stoppingToken);
            if (!told)
            {
                await Report(stoppingToken);
            }
        }
    }

    private async Task Obey(CancellationToken cancellationToken)
    {
        var newest = await holders.NewestClear(cancellationToken);
        _heard = time.GetTimestamp();
        if (newest > _obeyed)
        {
            KeyLog.Cleared(logger, opened.Clear());
            _obeyed = newest;
            await Report(cancellationToken);
        }
    }

    /// <summary>A vault in trouble must not keep an order waiting.</summary>
    private async Task Refresh(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Period, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await ring.Provider.Refresh(either.Token);
        }
        catch (KeyException error)
        {
            KeyLog.NotRefreshed(logger, error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            KeyLog.NotRefreshed(logger, $"no answer within {Period.TotalSeconds} s");
        }
    }

    private async Task Report(CancellationToken cancellationToken)
    {
        try
        {
            var current = await ring.GetCurrent(cancellationToken);
            await holders.Report(new KeyHolder(_holderId, current.Id, opened.Count, _obeyed), cancellationToken);
        }
        catch (KeyException error)
        {
            KeyLog.NotRefreshed(logger, error.Message);
        }
    }

    private void WipeWhereDeaf()
    {
        var silence = time.GetElapsedTime(_heard);
        if (silence > Deaf && opened.Clear() is > 0 and var wiped)
        {
            KeyLog.Deaf(logger, wiped, silence.TotalSeconds);
        }
    }
}
