namespace Cluster.Grpc.Client;

/// <summary>What one call asks for beyond its request.</summary>
public readonly record struct CallOptions
{
    /// <summary>How long the caller waits, from the start of the call; the server is told. Null waits for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Metadata to send.</summary>
    public Metadata? Headers { get; init; }

    /// <summary>Sends the requests compressed with gzip; a server that does not speak it answers UNIMPLEMENTED.</summary>
    public bool Compress { get; init; }
}
