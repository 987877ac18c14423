namespace Cluster.Silo.Hosting;

/// <summary>
/// The one error that reaches callers. Its message says what was wrong, with the value, and what to do.
/// </summary>
/// <param name="status">Becomes the gRPC status, the HTTP status and the command line's exit code.</param>
/// <param name="message">For the caller; never holds a secret.</param>
/// <param name="inner">For the log only.</param>
public sealed class ClusterException(StatusCode status, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What kind of error this is.</summary>
    public StatusCode Status { get; } = status;
}
