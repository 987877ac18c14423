using System.ComponentModel.DataAnnotations;

namespace Cluster.Silo.Hosting.Reminders;

/// <summary>How reminders are looked for; validated at start. Configuration section <c>Cluster:Reminders</c>.</summary>
public sealed class ReminderOptions
{
    /// <summary>Between two looks at the table: how late a reminder may be. 100 milliseconds to 1 minute; 1 second by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a reminder's turn may wait and run. 100 milliseconds to 10 minutes; 30 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan TurnDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Turns at the same time. 1 to 10,000; 64 by default.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrency { get; set; } = 64;

    /// <summary>The longest wait before a failed turn is tried again; the first is one second, each is twice the one before. 1 second to 1 hour; 1 minute by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);
}
