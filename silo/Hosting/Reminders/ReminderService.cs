using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cluster.Silo.Hosting.Reminders;

/// <summary>Looks for reminders that are due, again and again. Any number of silos may do so over one table.</summary>
internal sealed class ReminderService(
    IReminderStore store,
    ReminderFiring firing,
    IOptions<ReminderOptions> options,
    TimeProvider time,
    ILogger<ReminderService> logger) : BackgroundService
{
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
                var due = await store.TakeDue(now, now + firing.Hold, room, cancellationToken);
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
            await firing.Fire(reminder, cancellationToken);
        }
        finally
        {
            _room.Release();
        }
    }
}
