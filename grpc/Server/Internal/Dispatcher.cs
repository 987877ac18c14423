using System.Collections.Frozen;
using Cluster.Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Cluster.Grpc.Server.Internal;

/// <summary>Finds the handler of a request by its path, and refuses what is not a gRPC call before any handler sees it.</summary>
internal sealed class Dispatcher(GrpcMethods methods)
{
    private readonly FrozenDictionary<string, CallHandler> _byPath = methods.ByPath.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly FrozenSet<string> _services = methods.Services.Select(service => service.FullName).ToFrozenSet(StringComparer.Ordinal);
    private readonly CallSettings _settings = methods.Settings;

    public Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        var contentType = ContentType.Of(http.Request.ContentType);
        if (_byPath.TryGetValue(http.Request.Path.Value ?? "", out var handler))
        {
            return Refusal(http, contentType) is { } refusal ? RefuseAsync(http, refusal) : handler.HandleAsync(http);
        }

        if (contentType == ContentTypeKind.Other)
        {
            return next(http);
        }

        return RefuseAsync(http, Refusal(http, contentType) ?? Unknown(http.Request.Path.Value ?? ""));
    }

    private static Refusal? Refusal(HttpContext http, ContentTypeKind contentType)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            return new Refusal(StatusCodes.Status505HttpVersionNotsupported, $"gRPC needs HTTP/2; this request came over {http.Request.Protocol}");
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            return new Refusal(StatusCodes.Status405MethodNotAllowed, $"gRPC calls are POST requests, not {http.Request.Method}");
        }

        return contentType switch
        {
            ContentTypeKind.Protobuf => null,
            ContentTypeKind.OtherCodec => new Refusal(new Status(StatusCode.Unimplemented, $"content type '{http.Request.ContentType}' is not spoken here: send application/grpc+proto")),
            _ => new Refusal(StatusCodes.Status415UnsupportedMediaType, $"content type '{http.Request.ContentType}' is not application/grpc"),
        };
    }

    private Refusal Unknown(string path)
    {
        var slash = path.LastIndexOf('/');
        var service = slash > 0 ? path[1..slash] : "";
        var message = _services.Contains(service)
            ? $"service {service} has no method '{path[(slash + 1)..]}'"
            : $"no service '{service}' here (path '{path}')";
        return new Refusal(new Status(StatusCode.Unimplemented, message));
    }

    private Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        GrpcServerLog.RequestRefused(_settings.Logger, http.Request.Path.Value, refusal.HttpStatus, refusal.Status.Code, refusal.Status.Message);
        if (refusal.HttpStatus == StatusCodes.Status200OK)
        {
            ResponseTrailer.WriteTrailersOnly(http.Response, refusal.Status, Metadata.Empty);
            return Task.CompletedTask;
        }

        http.Response.StatusCode = refusal.HttpStatus;
        if (refusal.HttpStatus == StatusCodes.Status405MethodNotAllowed)
        {
            http.Response.Headers.Allow = HttpMethods.Post;
        }

        // The status as well: a gRPC client that only sent the wrong content type then gets a readable reason.
        ResponseTrailer.WriteStatus(http.Response.Headers, refusal.Status, Metadata.Empty);
        return Task.CompletedTask;
    }
}

/// <summary>An answer to what never became a call.</summary>
internal readonly record struct Refusal(int HttpStatus, Status Status)
{
    public Refusal(Status status)
        : this(StatusCodes.Status200OK, status)
    {
    }

    public Refusal(int httpStatus, string message)
        : this(httpStatus, new Status(StatusCode.Internal, message))
    {
    }
}
