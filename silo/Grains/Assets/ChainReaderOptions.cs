namespace Cluster.Silo.Grains.Assets;

/// <summary>Limits of what a turn may ask of the chain; in the configuration under <c>Cluster:ChainReader</c>.</summary>
public sealed class ChainReaderOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:ChainReader";

    /// <summary>How long a read may take, 10 ms to 10 s. Default 500 ms: a slow endpoint must not hold up a wallet.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long wallets' calls that need the chain are refused at once after a read missed its deadline, before one is let
    /// through to find out; 0 to 1 min, default 1 s; 0 lets one after the other through.
    /// </summary>
    public TimeSpan RefuseFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests under way at once, 1 to 64. Default 8; reads that arrive meanwhile share the next request.</summary>
    public int MaxConcurrentRequests { get; set; } = 8;

    /// <summary>Reads that may wait, 1 to 1,000,000. Default 10,000; more are answered RESOURCE_EXHAUSTED.</summary>
    public int MaxWaitingReads { get; set; } = 10_000;
}
