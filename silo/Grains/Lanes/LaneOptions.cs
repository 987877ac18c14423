namespace Cluster.Silo.Grains.Lanes;

/// <summary>How much of a lane is on its way at once; in the configuration under <c>Cluster:Lanes</c>.</summary>
public sealed class LaneOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:Lanes";

    /// <summary>
    /// Batches that are signed in one call, committed at once and handed to the sender together. 1 to 1,000; default 128.
    /// </summary>
    public int BatchesAtOnce { get; set; } = 128;

    /// <summary>
    /// Batches of which nothing has been heard yet; a lane signs no more while there are so many. 1 to 65,536; default
    /// 1,024.
    /// </summary>
    public int MaxUnconfirmed { get; set; } = 1_024;

    /// <summary>
    /// Batches that are not final yet, confirmed ones included: about 13 seconds' worth of them wait to be finalized.
    /// 1 to 1,000,000; default 16,384.
    /// </summary>
    public int MaxInFlight { get; set; } = 16_384;
}
