using System.ComponentModel.DataAnnotations;

namespace Cluster.Silo.Keys.Opened;

/// <summary>How long and how many wallets' keys are open in this process; in the configuration under <c>Cluster:Keys:Opened</c>.</summary>
public sealed class OpenedKeyOptions
{
    /// <summary>How long a key stays open, from its opening; default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Keys open at once at most; the one that was used longest ago makes room. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxKeys { get; set; } = 10_000;

    /// <summary>How long a call waits for a key to be opened, or wrapped, before it is answered UNAVAILABLE; default 1 s. Opening goes on, so that the next call finds the key open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:30")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Keys being opened at once at most; default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxOpening { get; set; } = 10_000;
}
