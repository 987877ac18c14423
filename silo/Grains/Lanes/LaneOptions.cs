namespace Cluster.Silo.Grains.Lanes;

/// <summary>How much of a campaign is on its way at once; in the configuration under <c>Cluster:Lanes</c>.</summary>
public sealed class LaneOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:Lanes";

    /// <summary>
    /// Batches that are signed in one call, committed at once and handed to the sender together. 1 to 1,000; default 128.
    /// </summary>
    public int BatchesAtOnce { get; set; } = 128;

    /// <summary>
    /// Batches of a campaign of which nothing has been heard yet, divided among its lanes; no more are signed while there
    /// are so many. 1 to 65,536; default 1,536: what lands in one and a half seconds at a thousand transactions a second,
    /// soon enough not to be sent again.
    /// </summary>
    public int MaxUnconfirmed { get; set; } = 1_536;

    /// <summary>
    /// Batches of a campaign that are not final yet, confirmed ones included, divided among its lanes: about 13 seconds'
    /// worth of them wait to be finalized. 1 to 1,000,000; default 16,384.
    /// </summary>
    public int MaxInFlight { get; set; } = 16_384;
}
