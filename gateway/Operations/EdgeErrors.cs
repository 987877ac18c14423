using Cluster.Silo.Hosting;

namespace Cluster.Gateway.Operations;

/// <summary>What a caller is told of an error.</summary>
/// <param name="Status">As gRPC has it.</param>
/// <param name="Message">For people.</param>
/// <param name="HttpStatus">Where HTTP has a more telling status than the one that stands for <paramref name="Status"/>.</param>
internal readonly record struct EdgeError(StatusCode Status, string Message, int? HttpStatus = null);

/// <summary>
/// The one place where what escaped an operation becomes an answer, for gRPC and JSON alike. Only the message of a
/// <see cref="ClusterException"/> was written for callers; of anything else they learn the request's id and nothing more.
/// </summary>
internal sealed partial class EdgeErrors(IHostApplicationLifetime lifetime, ILogger<EdgeErrors> log)
{
    /// <summary>gRPC carries the message in a header, and clients take 8 KiB of them.</summary>
    private const int MaxMessageLength = 2_000;

    /// <summary>Judges an error; logs it where the caller does not learn it.</summary>
    /// <param name="error">What escaped.</param>
    /// <param name="operation">The operation's name.</param>
    /// <param name="requestId">In the log line and in the answer.</param>
    public EdgeError Of(Exception error, string operation, string requestId)
    {
        switch (error)
        {
            case OperationCanceledException or ClusterException { Status: StatusCode.Cancelled }
                when lifetime.ApplicationStopping.IsCancellationRequested:
                return new EdgeError(StatusCode.Unavailable, "the gateway is stopping; call again in a moment");

            case ClusterException refusal:
                return new EdgeError(refusal.Status, Cut(refusal.Message));

            case OperationCanceledException:
                return new EdgeError(StatusCode.Cancelled, $"{operation}: the caller gave up");

            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } tooLarge:
                return new EdgeError(StatusCode.ResourceExhausted, tooLarge.Message, tooLarge.StatusCode);

            case BadHttpRequestException bad:
                return new EdgeError(StatusCode.InvalidArgument, bad.Message, bad.StatusCode);

            default:
                LogEscaped(error, operation, requestId);
                return new EdgeError(StatusCode.Internal, $"internal error; the details are in the log under request id {requestId}");
        }
    }

    private static string Cut(string message) =>
        message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength), "…");

    [LoggerMessage(4001, LogLevel.Error, "{Operation} failed, request id {RequestId}")]
    private partial void LogEscaped(Exception error, string operation, string requestId);
}
