namespace Cluster.Grpc;

/// <summary>
/// A call that ended with another status than <see cref="StatusCode.OK"/>. Thrown by a server's handler it becomes the
/// call's status and trailers; on a client it says what the server, or the way to it, answered.
/// </summary>
public sealed class RpcException : Exception
{
    /// <summary>A failure with a code and a message for the caller.</summary>
    /// <param name="statusCode">Any code but <see cref="StatusCode.OK"/>.</param>
    /// <param name="message">What was wrong, with the value, and what to do.</param>
    /// <param name="trailers">Metadata sent along with the status.</param>
    /// <param name="innerException">What caused it; never sent.</param>
    /// <exception cref="ArgumentException"><paramref name="statusCode"/> is <see cref="StatusCode.OK"/>.</exception>
    public RpcException(StatusCode statusCode, string message, Metadata? trailers = null, Exception? innerException = null)
        : this(new Status(statusCode, message), trailers, innerException)
    {
    }

    /// <inheritdoc cref="RpcException(StatusCode, string, Metadata?, Exception?)"/>
    /// <param name="status">Any status but success.</param>
    /// <param name="trailers">Metadata sent along with the status.</param>
    /// <param name="innerException">What caused it; never sent.</param>
    public RpcException(Status status, Metadata? trailers = null, Exception? innerException = null)
        : base(status.ToString(), innerException)
    {
        if (status.Code == StatusCode.OK)
        {
            throw new ArgumentException("a failure needs a status other than OK", nameof(status));
        }

        Status = status;
        Trailers = trailers ?? Metadata.Empty;
    }

    /// <summary>Code and message.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.Code;

    /// <summary>Metadata that came, or goes, with the status.</summary>
    public Metadata Trailers { get; }

    /// <summary>
    /// Whether it is certain that no server has begun to work on the call: the connection was never made, or the server
    /// refused the stream. Only then may a call that changes something be repeated without a look at what became of it.
    /// </summary>
    public bool NeverProcessed { get; init; }
}
