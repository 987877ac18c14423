using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Reminders;

namespace Cluster.Silo.Storage;

/// <summary>Reminders that are set or removed together with what they remind of, or not at all.</summary>
public static class ReminderChanges
{
    /// <summary>Sets a reminder; one of the same name is replaced.</summary>
    /// <param name="changes">What it commits with.</param>
    /// <param name="grain">Whom it is for.</param>
    /// <param name="name">Unique within the grain.</param>
    /// <param name="dueAt">When it fires first.</param>
    /// <param name="period">Between firings, at least one second.</param>
    public static void SetReminder(this Changes changes, GrainId grain, string name, DateTimeOffset dueAt, TimeSpan period)
    {
        Reminder.Check(name, TimeSpan.Zero, period);
        changes.Add(ReminderStore.SetSql, ReminderStore.SetParameters(grain, name, dueAt, period));
    }

    /// <summary>Removes a reminder; one that does not exist is no error.</summary>
    /// <param name="changes">What it commits with.</param>
    /// <param name="grain">Whom it is for.</param>
    /// <param name="name">Its name.</param>
    public static void RemoveReminder(this Changes changes, GrainId grain, string name) =>
        changes.Add(ReminderStore.RemoveSql, Sql.Text(grain.Type), Sql.Text(grain.Key), Sql.Text(name));
}
