using System.Diagnostics.CodeAnalysis;
using Cluster.OrleansHost.Shells;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Reminders;
using Npgsql;

namespace Cluster.OrleansHost.Reminders;

/// <summary>
/// Reminders of the grains of this silo: a row that is the truth, an alarm in this silo that is punctual, and a reminder
/// of Orleans that survives the silo.
/// </summary>
internal sealed class OrleansReminders(IReminderStore store, LiveShells shells, ReminderAlarms alarms) : IReminders
{
    [SuppressMessage("Design", "CA1031", Justification = "Orleans' reminder service throws what it likes; the grain is told one thing.")]
    public async Task Set(GrainId grain, string name, DateTimeOffset dueAt, TimeSpan period, CancellationToken cancellationToken)
    {
        if (!shells.TryFind(grain, out var shell))
        {
            throw NotSet(grain, name);
        }

        try
        {
            await shell.Wakes.Set(name, () => store.Set(grain, name, dueAt, period, cancellationToken), cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or NpgsqlException))
        {
            throw NotSet(grain, name, error);
        }

        alarms.Arm(grain, name, dueAt);
    }

    /// <summary>Orleans' reminder is left to the next wake, which finds no row: a grain that sets it again soon has it still.</summary>
    public async Task Remove(GrainId grain, string name, CancellationToken cancellationToken)
    {
        await store.Remove(grain, name, cancellationToken);
        alarms.Disarm(grain, name);
    }

    private static ClusterException NotSet(GrainId grain, string name, Exception? error = null) => new(
        StatusCode.Unavailable, $"The reminder {name} of {grain} could not be set, so nothing was begun; make the call again.", error);
}
