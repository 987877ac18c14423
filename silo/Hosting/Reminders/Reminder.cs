namespace Cluster.Silo.Hosting.Reminders;

/// <summary>A reminder that a silo holds because it is due.</summary>
/// <param name="Grain">Whom it is for.</param>
/// <param name="Name">Unique within the grain.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="Period">Between firings.</param>
/// <param name="Attempt">1 for the first time that this firing is tried.</param>
/// <param name="Version">Names this setting of the reminder: one set anew has another.</param>
public sealed record Reminder(GrainId Grain, string Name, DateTimeOffset DueAt, TimeSpan Period, int Attempt, long Version)
{
    /// <summary>The shortest period.</summary>
    public static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);

    private const int LongestName = 128;

    /// <summary>When it fires next; firings that were missed have become one.</summary>
    /// <param name="now">The clock.</param>
    public DateTimeOffset NextAfter(DateTimeOffset now)
    {
        var missed = now < DueAt ? 0 : (now - DueAt).Ticks / Period.Ticks;
        return DueAt + (Period * (missed + 1));
    }

    /// <summary>Checks what a grain asks for.</summary>
    /// <param name="name">1 to 128 characters.</param>
    /// <param name="due">Zero or more.</param>
    /// <param name="period">At least <see cref="ShortestPeriod"/>.</param>
    /// <exception cref="ArgumentException">One of them is out of its range.</exception>
    public static void Check(string name, TimeSpan due, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, LongestName, nameof(name));
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, ShortestPeriod);
    }
}
