using System.IO.Compression;

namespace Cluster.Grpc.Server;

/// <summary>How the server treats calls and connections. Validated at start.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>Largest request message in bytes, as sent and inflated; 1 to 1 GiB, 4 MiB unless set.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Largest response message in bytes before compression; 1 to 1 GiB, 4 MiB unless set (what clients take by default).</summary>
    public int MaxSendMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>How responses are compressed for clients that accept gzip; null, the default, sends them plain.</summary>
    public CompressionLevel? ResponseCompression { get; set; }

    /// <summary>Responses of fewer bytes are sent plain, as they would hardly shrink; 0 or more, 1,024 unless set.</summary>
    public int MinCompressedSize { get; set; } = 1024;

    /// <summary>
    /// Turns the host's own exceptions into a status; null from it, or none set, means INTERNAL without detail. It is not
    /// asked about <see cref="RpcException"/>, passed deadlines and clients that went away. It may add to the call's
    /// <see cref="ServerCallContext.ResponseTrailers"/>.
    /// </summary>
    public Func<Exception, ServerCallContext, Status?>? MapException { get; set; }

    /// <summary>
    /// Asked at the start of every call, before any of its messages is read: throws to refuse the call, or returns what
    /// its handler finds in <see cref="ServerCallContext.Admission"/>. That is disposed when the call ends.
    /// </summary>
    public Func<ServerCallContext, IDisposable?>? Admit { get; set; }

    /// <summary>How long a connection may be silent before the server asks whether it lives; at least 1 s, 60 s unless set.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it waits for the answer before it closes the connection; at least 1 s, 20 s unless set.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How many calls may be open on one connection at a time; 1 to 100,000, 100 unless set.</summary>
    public int MaxStreamsPerConnection { get; set; } = 100;
}
