namespace Cluster.Silo.Hosting.Reminders;

/// <summary>Reminders, where they survive restarts.</summary>
public interface IReminderStore
{
    /// <summary>Sets a reminder; one of the same name is replaced.</summary>
    /// <param name="grain">Whom it is for.</param>
    /// <param name="name">Unique within the grain.</param>
    /// <param name="dueAt">When it fires first.</param>
    /// <param name="period">Between firings, at least one second.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task Set(GrainId grain, string name, DateTimeOffset dueAt, TimeSpan period, CancellationToken cancellationToken);

    /// <summary>Removes a reminder; one that does not exist is no error.</summary>
    /// <param name="grain">Whom it is for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task Remove(GrainId grain, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Takes reminders that are due, for this silo alone, until <paramref name="heldUntil"/>: one whose silo dies in
    /// the middle falls due again then.
    /// </summary>
    /// <param name="now">Due at or before.</param>
    /// <param name="heldUntil">Later than <paramref name="now"/>.</param>
    /// <param name="limit">How many at most, those due longest first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<Reminder>> TakeDue(DateTimeOffset now, DateTimeOffset heldUntil, int limit, CancellationToken cancellationToken);

    /// <summary>The turn succeeded; nothing where the reminder was set anew or removed meanwhile.</summary>
    /// <param name="reminder">As taken.</param>
    /// <param name="nextDueAt">When it fires next.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task Complete(Reminder reminder, DateTimeOffset nextDueAt, CancellationToken cancellationToken);

    /// <summary>The turn failed; nothing where the reminder was set anew or removed meanwhile.</summary>
    /// <param name="reminder">As taken.</param>
    /// <param name="nextTryAt">When it is tried again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task Postpone(Reminder reminder, DateTimeOffset nextTryAt, CancellationToken cancellationToken);
}
