namespace Cluster.Silo.Hosting.Reminders;

/// <summary>Sets and removes reminders for the grains of a host.</summary>
public interface IReminders
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
}

/// <summary>Reminders, where they survive restarts.</summary>
public interface IReminderStore : IReminders
{
    /// <summary>
    /// Takes reminders that are due, for this silo alone, until <paramref name="heldUntil"/>: one whose silo dies in
    /// the middle falls due again then.
    /// </summary>
    /// <param name="now">Due at or before.</param>
    /// <param name="heldUntil">Later than <paramref name="now"/>.</param>
    /// <param name="limit">How many at most, those due longest first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<Reminder>> TakeDue(DateTimeOffset now, DateTimeOffset heldUntil, int limit, CancellationToken cancellationToken);

    /// <summary>Takes one reminder for this silo alone, where it is due.</summary>
    /// <param name="grain">Whom it is for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="now">Due at or before.</param>
    /// <param name="heldUntil">Later than <paramref name="now"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it is not due, held elsewhere, or there is none.</returns>
    Task<Reminder?> TakeDue(GrainId grain, string name, DateTimeOffset now, DateTimeOffset heldUntil, CancellationToken cancellationToken);

    /// <summary>When a reminder is to fire next, or to be tried again.</summary>
    /// <param name="grain">Whom it is for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where there is no such reminder.</returns>
    Task<DateTimeOffset?> FindNextTry(GrainId grain, string name, CancellationToken cancellationToken);

    /// <summary>All reminders there are, in order of their grains and names, a page at a time.</summary>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<(GrainId Grain, string Name)>> List((GrainId Grain, string Name)? after, int limit, CancellationToken cancellationToken);

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
