using System.ComponentModel.DataAnnotations;

namespace Cluster.Gateway.Metrics;

/// <summary>How measurements are kept and who may read them.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Whether <c>/metrics</c> is answered without an API key. Only where HTTP listens on loopback.</summary>
    public bool AllowWithoutKey { get; set; }

    /// <summary>Combinations of labels that one metric may have; measurements beyond are only counted.</summary>
    [Range(1, 100_000)]
    public int MaxSeries { get; set; } = 1_000;
}
