namespace Cluster.Silo.Hosting.Reminders;

/// <summary>A host, as reminders see it.</summary>
public interface IReminderTarget
{
    /// <summary>Runs a reminder's turn on its grain.</summary>
    /// <param name="grain">Whom it is for.</param>
    /// <param name="name">The reminder's name.</param>
    /// <param name="call">A system call with a deadline.</param>
    /// <exception cref="ClusterException">The turn failed.</exception>
    Task Remind(GrainId grain, string name, Call call);
}
