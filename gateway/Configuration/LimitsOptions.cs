using System.ComponentModel.DataAnnotations;

namespace Cluster.Gateway.Configuration;

/// <summary>What one request and one connection may take.</summary>
internal sealed class LimitsOptions
{
    /// <summary>The largest request message or JSON body, and the largest reply, in bytes.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The headers of one request together, in bytes.</summary>
    [Range(1_024, 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = 16 * 1024;

    /// <summary>How deep JSON may be nested.</summary>
    [Range(4, 100)]
    public int MaxJsonDepth { get; set; } = 32;

    /// <summary>Connections open at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Calls open at once on one gRPC connection.</summary>
    [Range(1, 100_000)]
    public int MaxStreamsPerConnection { get; set; } = 1_000;
}
