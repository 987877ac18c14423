using System.IO.Compression;
using Cluster.Grpc.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cluster.Grpc.Server.Internal;

/// <summary>
/// How far the response has come, and who may write it: the handler, or the deadline that passed before the handler
/// wrote anything. Whoever is first owns it.
/// </summary>
internal sealed class ResponseState(ServerCallContext call, HttpResponse response, GrpcServerOptions options)
{
    private const int Unowned = 0;
    private const int OwnedByHandler = 1;
    private const int OwnedByDeadline = 2;

    private int _owner;
    private bool _midFrame;
    private CompressionLevel? _compression;

    /// <summary>The handler's response has begun: from here on, the status goes into trailers.</summary>
    public bool HasStarted => Volatile.Read(ref _owner) == OwnedByHandler;

    public bool IsOwnedByDeadline => Volatile.Read(ref _owner) == OwnedByDeadline;

    /// <summary>The deadline takes the response, unless the handler has begun it.</summary>
    public bool TryTakeForDeadline() => Interlocked.CompareExchange(ref _owner, OwnedByDeadline, Unowned) == Unowned;

    /// <summary>The handler begins the response: sets its headers, once. Nothing is sent before the first flush.</summary>
    /// <exception cref="OperationCanceledException">The deadline was first.</exception>
    public void Start()
    {
        switch (Interlocked.CompareExchange(ref _owner, OwnedByHandler, Unowned))
        {
            case OwnedByHandler:
                return;
            case OwnedByDeadline:
                throw new OperationCanceledException("the deadline of the call has passed", call.CancellationToken);
        }

        response.ContentType = ContentType.Grpc;
        if (options.ResponseCompression is { } level && MessageEncodings.AcceptsGzip(call.HttpContext.Request.Headers.GrpcAcceptEncoding.ToString()))
        {
            _compression = level;
            response.Headers.GrpcEncoding = MessageEncodings.Gzip;
        }

        if (call.ResponseHeadersIfAny is { } headers)
        {
            ResponseTrailer.WriteMetadata(response.Headers, headers);
        }
    }

    /// <summary>Puts a message into the response's buffer; sends nothing.</summary>
    /// <returns>The bytes it takes.</returns>
    /// <exception cref="InvalidOperationException">The handler answered null.</exception>
    public int Write(IMessage message)
    {
        if (message is null)
        {
            throw new InvalidOperationException($"the handler of {call.Method.FullName} answered null");
        }

        Start();
        try
        {
            _midFrame = true;
            var written = _compression is { } level && message.CalculateSize() >= options.MinCompressedSize
                ? MessageEncoder.WriteGzip(response.BodyWriter, message, options.MaxSendMessageSize, level)
                : MessageEncoder.Write(response.BodyWriter, message, options.MaxSendMessageSize);
            _midFrame = false;
            return written;
        }
        catch (RpcException)
        {
            // Refused before its first byte.
            _midFrame = false;
            throw;
        }
    }

    public void Succeed()
    {
        Start();
        ResponseTrailer.WriteStatus(Trailers, Status.Ok, call.ResponseTrailersIfAny ?? Metadata.Empty);
    }

    public void Fail(Status status, Metadata trailers)
    {
        if (_midFrame)
        {
            // Half a message is in the stream: nothing readable can follow it.
            response.HttpContext.Features.GetRequiredFeature<IHttpResetFeature>().Reset((int)Http2ErrorCode.InternalError);
            return;
        }

        // Headers that the handler set of its own are worth a frame of their own; else the status is all there is to say.
        var bare = !HasStarted && (IsOwnedByDeadline || call.ResponseHeadersIfAny is not { Count: > 0 });
        if (bare)
        {
            ResponseTrailer.WriteTrailersOnly(response, status, trailers);
            return;
        }

        Start();
        ResponseTrailer.WriteStatus(Trailers, status, trailers);
    }

    private IHeaderDictionary Trailers => response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
}
