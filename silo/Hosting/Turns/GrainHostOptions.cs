using System.ComponentModel.DataAnnotations;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>Limits of a process that hosts grains; validated at start. Configuration section <c>Cluster:Host</c>.</summary>
public sealed class GrainHostOptions
{
    /// <summary>Calls that may wait for one grain; the next is refused with RESOURCE_EXHAUSTED. 1 to 1,000,000; 1,000 by default.</summary>
    [Range(1, 1_000_000)]
    public int MailboxBound { get; set; } = 1_000;

    /// <summary>
    /// Activations in memory. From nine tenths on those that were idle longest are collected; beyond the bound a call
    /// that needs another one is refused with RESOURCE_EXHAUSTED. 1 to 10,000,000; 100,000 by default.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxActivations { get; set; } = 100_000;

    /// <summary>After how long without a call an activation is collected. 1 second to 1 day; 10 minutes by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a call that came without a deadline waits once it has to. 10 milliseconds to 1 hour; 30 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="Grain.OnActivate"/> may take. 10 milliseconds to 10 minutes; 30 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="Grain.OnDeactivate"/> may take. 10 milliseconds to 10 minutes; 10 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stop waits for turns that run or wait. 0 to 10 minutes; 20 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
