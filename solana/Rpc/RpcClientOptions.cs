namespace Cluster.Solana;

/// <summary>Limits of one endpoint's client.</summary>
public sealed record RpcClientOptions
{
    /// <summary>How long a call may take, from the first byte sent to the last received. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long making a connection may take. Default 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The most connections held open to the endpoint (HTTP/1.1). Default 256.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>The largest reply that is read, in bytes. Default 32 MiB, above 100 accounts of a common size.</summary>
    public int MaxReplyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many chunks of one divided call (accounts, statuses) may be under way at once. Default 8.</summary>
    public int MaxConcurrentChunks { get; init; } = 8;
}
