using System.Net;
using System.Net.Sockets;
using Cluster.Grpc.Wire;

namespace Cluster.Grpc.Client.Internal;

/// <summary>What failures of HTTP mean for a call.</summary>
internal static class TransportFailure
{
    /// <summary>For responses that bring no status of their own (gRPC's HTTP to gRPC status mapping).</summary>
    public static StatusCode FromHttpStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>For streams that were reset (gRPC over HTTP/2, section Errors).</summary>
    public static StatusCode FromResetCode(long code) => (Http2ErrorCode)code switch
    {
        Http2ErrorCode.RefusedStream => StatusCode.Unavailable,
        Http2ErrorCode.Cancel => StatusCode.Cancelled,
        Http2ErrorCode.EnhanceYourCalm => StatusCode.ResourceExhausted,
        Http2ErrorCode.InadequateSecurity => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };

    public static RpcException ToRpcException(Exception exception, Uri address)
    {
        if (Find<HttpProtocolException>(exception) is { } reset)
        {
            return new RpcException(FromResetCode(reset.ErrorCode), $"{address} reset the call: {(Http2ErrorCode)reset.ErrorCode}", innerException: exception)
            {
                NeverProcessed = (Http2ErrorCode)reset.ErrorCode == Http2ErrorCode.RefusedStream,
            };
        }

        var reason = (Find<SocketException>(exception) ?? exception).Message;
        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.VersionNegotiationError } =>
                new RpcException(StatusCode.Unavailable, $"cannot connect to {address}: {reason}", innerException: exception) { NeverProcessed = true },
            HttpRequestException or IOException or SocketException or ObjectDisposedException =>
                new RpcException(StatusCode.Unavailable, $"the connection to {address} broke: {reason}", innerException: exception),
            _ => new RpcException(StatusCode.Internal, $"the call to {address} failed: {reason}", innerException: exception),
        };
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
