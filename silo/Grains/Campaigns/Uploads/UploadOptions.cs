namespace Cluster.Silo.Grains.Campaigns.Uploads;

/// <summary>What uploads of recipients may take; in the configuration under <c>Cluster:Uploads</c>.</summary>
public sealed class UploadOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:Uploads";

    /// <summary>
    /// How long a client may send nothing before its upload ends with DEADLINE_EXCEEDED and nothing of it is stored: each
    /// holds a connection to the database. 1 s to 1 min, default 30 s; the campaign's reservation lasts for a minute.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
