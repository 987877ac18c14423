using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Reminders;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cluster.OrleansHost.Reminders;

/// <summary>Looks at one reminder's row, for the shell of its grain.</summary>
internal sealed class WakeDesk(
    IReminderStore store,
    ReminderFiring firing,
    ReminderAlarms alarms,
    IOptions<OrleansOptions> options,
    TimeProvider time,
    ILogger<WakeDesk> logger)
{
    /// <summary>Between Orleans' wakes of a grain that has a reminder.</summary>
    public TimeSpan Period => options.Value.WakePeriod;

    /// <summary>Runs the reminder's turn where it is due and nobody else holds it.</summary>
    public async Task Fire(GrainId grain, string name)
    {
        try
        {
            var now = time.GetUtcNow();
            if (await store.TakeDue(grain, name, now, now + firing.Hold, CancellationToken.None) is { } due)
            {
                await firing.Fire(due, CancellationToken.None);
            }
        }
        catch (NpgsqlException error)
        {
            OrleansLog.WakeFailed(logger, name, grain, Period, error);
        }
    }

    /// <summary>Sets this silo's alarm for the next look.</summary>
    /// <returns>False where there is no such reminder any more.</returns>
    public async Task<bool> LookAgain(GrainId grain, string name)
    {
        try
        {
            if (await store.FindNextTry(grain, name, CancellationToken.None) is not { } next)
            {
                alarms.Disarm(grain, name);
                return false;
            }

            alarms.Arm(grain, name, next);
        }
        catch (NpgsqlException error)
        {
            // Not to be seen is not to be gone.
            OrleansLog.WakeFailed(logger, name, grain, Period, error);
        }

        return true;
    }
}
