using Microsoft.Extensions.Logging;

namespace Cluster.Grpc.Server.Internal;

/// <summary>All that the server logs. Event ids are stable.</summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} failed: an exception that no status is defined for")]
    public static partial void CallFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "{Method} ended with {StatusCode}: {Message}")]
    public static partial void CallRejected(ILogger logger, string method, StatusCode statusCode, string message);

    [LoggerMessage(3, LogLevel.Debug, "{Method} was given up by the client")]
    public static partial void ClientGone(ILogger logger, string method);

    [LoggerMessage(4, LogLevel.Debug, "{Method} passed its deadline")]
    public static partial void DeadlineExceeded(ILogger logger, string method);

    [LoggerMessage(5, LogLevel.Debug, "{Method} went on after its deadline and then failed")]
    public static partial void FailedAfterDeadline(ILogger logger, string method, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, "Request to '{Path}' refused with HTTP {HttpStatus}, {StatusCode}: {Message}")]
    public static partial void RequestRefused(ILogger logger, string? path, int httpStatus, StatusCode statusCode, string message);

    [LoggerMessage(7, LogLevel.Error, "{Method}: the exception mapping itself failed")]
    public static partial void MappingFailed(ILogger logger, string method, Exception exception);
}
