using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cluster.Silo.Hosting.Reminders;

/// <summary>
/// Fires reminders that are due, at least once each: a reminder moves on only when its turn has succeeded, and one that
/// a dying silo held falls due again. Any number of silos may do so over one table.
/// </summary>
internal sealed class ReminderService(
    IReminderStore store,
    IReminderTarget target,
    IOptions<ReminderOptions> options,
    HostMetrics metrics,
    TimeProvider time,
    ILogger<ReminderService> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(1);

    private readonly ReminderOptions _options = options.Value;
    private readonly SemaphoreSlim _room = new(options.Value.MaxConcurrency);

    private bool _unavailable;

    public override void Dispose()
    {
        _room.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.PollPeriod, time);
        do
        {
            await FireDue(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>Takes what is due and begins its turns; the turns end on their own.</summary>
    private async Task FireDue(CancellationToken cancellationToken)
    {
        try
        {
            int taken;
            do
            {
                // Only as many are taken as can begin at once: what is held and does not run is late for nothing.
                await _room.WaitAsync(cancellationToken);
                _room.Release();
                var room = Math.Max(1, _room.CurrentCount);
                var now = time.GetUtcNow();
                var due = await store.TakeDue(now, now + (2 * _options.TurnDeadline), room, cancellationToken);
                foreach (var reminder in due)
                {
                    await _room.WaitAsync(cancellationToken);
                    _ = Fire(reminder, cancellationToken);
                }

                taken = due.Count;
            }
            while (taken > 0);
            if (_unavailable)
            {
                _unavailable = false;
                HostLog.RemindersAvailable(logger);
            }
        }
        catch (NpgsqlException error)
        {
            if (!_unavailable)
            {
                // Once an outage, however often it is looked.
                _unavailable = true;
                HostLog.RemindersUnavailable(logger, _options.PollPeriod, error);
            }
        }
    }

    private async Task Fire(Reminder reminder, CancellationToken cancellationToken)
    {
        try
        {
            await RunTurn(reminder, cancellationToken);
            metrics.ReminderFired(reminder.Grain, succeeded: true);
            await store.Complete(reminder, reminder.NextAfter(time.GetUtcNow()), cancellationToken);
        }
        catch (ClusterException error) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.ReminderFired(reminder.Grain, succeeded: false);
            await Postpone(reminder, error, cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException or ClusterException)
        {
            // It stays held for a while and is fired again then: at least once.
            if (!cancellationToken.IsCancellationRequested)
            {
                HostLog.ReminderNotWritten(logger, reminder.Name, reminder.Grain, error);
            }
        }
        finally
        {
            _room.Release();
        }
    }

    private Task RunTurn(Reminder reminder, CancellationToken cancellationToken)
    {
        var call = Call.System("reminder", cancellationToken) with { Deadline = time.GetUtcNow() + _options.TurnDeadline };
        return target.Remind(reminder.Grain, reminder.Name, call);
    }

    private async Task Postpone(Reminder reminder, ClusterException error, CancellationToken cancellationToken)
    {
        var delay = RetryDelay(reminder.Attempt);
        HostLog.ReminderFailed(logger, reminder.Name, reminder.Grain, reminder.Attempt, delay, error);
        try
        {
            await store.Postpone(reminder, time.GetUtcNow() + delay, cancellationToken);
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or OperationCanceledException)
        {
            HostLog.ReminderNotWritten(logger, reminder.Name, reminder.Grain, unreachable);
        }
    }

    private TimeSpan RetryDelay(int attempt)
    {
        var doubled = FirstRetryDelay * Math.Pow(2, Math.Min(attempt - 1, 20));
        return doubled < _options.MaxRetryDelay ? doubled : _options.MaxRetryDelay;
    }
}
