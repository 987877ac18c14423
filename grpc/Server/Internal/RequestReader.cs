using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Cluster.Grpc.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Cluster.Grpc.Server.Internal;

/// <summary>Reads requests out of the HTTP body.</summary>
internal static class RequestReader
{
    public static MessageDecoder Decoder(ServerCallContext call, MessageParser parser) =>
        new(parser, call.RequestEncoding, call.Settings.Options.MaxReceiveMessageSize);

    /// <summary>The one request of a method that takes one; waits for the client's end of stream.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<IMessage> ReadSingleAsync(ServerCallContext call, MessageParser parser)
    {
        var decoder = Decoder(call, parser);
        var body = call.HttpContext.Request.BodyReader;
        UnlimitSize(call.HttpContext);

        // A unary call without a deadline is ended by the transport alone: no token, no registration.
        var cancellationToken = call.Lifetime?.Token ?? CancellationToken.None;
        IMessage? request = null;
        while (true)
        {
            var result = await ReadAsync(body, cancellationToken);
            var buffer = result.Buffer;
            request = request is null && decoder.TryRead(ref buffer, out var message) ? message : request;
            if (request is not null && !buffer.IsEmpty)
            {
                throw new RpcException(StatusCode.Unimplemented, $"{call.Method.FullName} takes one request, and more was sent");
            }

            var truncated = !buffer.IsEmpty;
            body.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return request ?? throw (truncated
                    ? MessageFrame.Truncated()
                    : new RpcException(StatusCode.Unimplemented, $"{call.Method.FullName} takes one request, and none was sent"));
            }
        }
    }

    public static ValueTask<ReadResult> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var read = body.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? read : Translated(read);

        static async ValueTask<ReadResult> Translated(ValueTask<ReadResult> read)
        {
            try
            {
                return await read;
            }
            catch (BadHttpRequestException exception)
            {
                var code = exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? StatusCode.ResourceExhausted : StatusCode.Internal;
                throw new RpcException(code, $"the request cannot be read: {exception.Message}", innerException: exception);
            }
            catch (Exception exception) when (exception is IOException or ConnectionAbortedException)
            {
                throw new RpcException(StatusCode.Cancelled, "the client gave the call up", innerException: exception);
            }
        }
    }

    /// <summary>Streams live as long as they need: Kestrel's limits on the size and the pace of a body are not for them.</summary>
    public static void Unlimit(HttpContext http)
    {
        UnlimitSize(http);
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } pace)
        {
            pace.MinDataRate = null;
        }
    }

    /// <summary>The limit is on messages, and is held here: the host's on bodies would cut some five bytes short of it.</summary>
    private static void UnlimitSize(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }
}
