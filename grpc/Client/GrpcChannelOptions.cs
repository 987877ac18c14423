using System.IO.Compression;
using System.Net.Security;

namespace Cluster.Grpc.Client;

/// <summary>How a channel connects and what it takes.</summary>
public sealed record GrpcChannelOptions
{
    /// <summary>Largest response message in bytes, as sent and inflated; 4 MiB unless set.</summary>
    public int MaxReceiveMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest request message in bytes before compression; unlimited unless set, as the server decides.</summary>
    public int MaxSendMessageSize { get; init; } = int.MaxValue;

    /// <summary>How requests are compressed in calls that ask for it (<see cref="CallOptions.Compress"/>).</summary>
    public CompressionLevel CompressionLevel { get; init; } = CompressionLevel.Fastest;

    /// <summary>How long connecting may take; 10 s unless set.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection with open calls may be silent before the channel asks whether it lives; 60 s unless set.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it waits for the answer before it gives the connection up; 20 s unless set.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Certificates and trust for <c>https</c>; the system's unless set.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Lets <c>http</c> reach hosts beyond loopback, where others may read keys and payments on the way.</summary>
    public bool AllowPlaintextBeyondLoopback { get; init; }

    /// <summary>The clock of deadlines; the system's unless set.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
