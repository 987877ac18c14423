using System.ComponentModel.DataAnnotations;

namespace Cluster.Gateway.Configuration;

/// <summary>How keys are checked and how much each may ask for.</summary>
internal sealed class AccessOptions
{
    /// <summary>How often keys are read anew from the database: how long a revoked key can still be used, in seconds.</summary>
    [Range(1, 60)]
    public int KeyRefreshSeconds { get; set; } = 2;

    /// <summary>Requests that one key may have under way; another is refused with RESOURCE_EXHAUSTED.</summary>
    [Range(1, 100_000)]
    public int MaxRequestsPerKey { get; set; } = 2_000;

    /// <summary>Requests that all keys together may have under way.</summary>
    [Range(1, 1_000_000)]
    public int MaxRequests { get; set; } = 10_000;
}
