using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cluster.Silo.Hosting.Reminders;

/// <summary>
/// Fires reminders that were taken because they are due, at least once each: a reminder moves on only when its turn has
/// succeeded, and one that a dying silo held falls due again.
/// </summary>
internal sealed class ReminderFiring(
    IReminderStore store,
    IReminderTarget target,
    IOptions<ReminderOptions> options,
    HostMetrics metrics,
    TimeProvider time,
    ILogger<ReminderFiring> logger)
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(1);

    private readonly ReminderOptions _options = options.Value;

    /// <summary>For how long a reminder is to be taken, so that it is fired once where its turn ends as it should.</summary>
    public TimeSpan Hold => 2 * _options.TurnDeadline;

    /// <summary>Runs a reminder's turn, and writes how it ended.</summary>
    /// <param name="reminder">As taken, just now.</param>
    /// <param name="cancellationToken">Stops it; the reminder then falls due again.</param>
    /// <returns>When it is to be looked at next.</returns>
    public async Task<DateTimeOffset> Fire(Reminder reminder, CancellationToken cancellationToken)
    {
        var heldUntil = time.GetUtcNow() + Hold;
        try
        {
            await RunTurn(reminder, cancellationToken);
            metrics.ReminderFired(reminder.Grain, succeeded: true);
            var next = reminder.NextAfter(time.GetUtcNow());
            await store.Complete(reminder, next, cancellationToken);
            return next;
        }
        catch (ClusterException error) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.ReminderFired(reminder.Grain, succeeded: false);
            return await Postpone(reminder, error, cancellationToken) ?? heldUntil;
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException or ClusterException)
        {
            // It stays held for a while and is fired again then: at least once.
            if (!cancellationToken.IsCancellationRequested)
            {
                HostLog.ReminderNotWritten(logger, reminder.Name, reminder.Grain, error);
            }

            return heldUntil;
        }
    }

    private Task RunTurn(Reminder reminder, CancellationToken cancellationToken)
    {
        var call = Call.System("reminder", cancellationToken) with { Deadline = time.GetUtcNow() + _options.TurnDeadline };
        return target.Remind(reminder.Grain, reminder.Name, call);
    }

    private async Task<DateTimeOffset?> Postpone(Reminder reminder, ClusterException error, CancellationToken cancellationToken)
    {
        var delay = RetryDelay(reminder.Attempt);
        HostLog.ReminderFailed(logger, reminder.Name, reminder.Grain, reminder.Attempt, delay, error);
        try
        {
            var next = time.GetUtcNow() + delay;
            await store.Postpone(reminder, next, cancellationToken);
            return next;
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or OperationCanceledException)
        {
            HostLog.ReminderNotWritten(logger, reminder.Name, reminder.Grain, unreachable);
            return null;
        }
    }

    private TimeSpan RetryDelay(int attempt)
    {
        var doubled = FirstRetryDelay * Math.Pow(2, Math.Min(attempt - 1, 20));
        return doubled < _options.MaxRetryDelay ? doubled : _options.MaxRetryDelay;
    }
}
