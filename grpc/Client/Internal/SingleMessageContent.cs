using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Client.Internal;

/// <summary>The body of a call with one request: one frame.</summary>
internal sealed class SingleMessageContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _frame;

    private SingleMessageContent(ReadOnlyMemory<byte> frame) => _frame = frame;

    public static SingleMessageContent Create(MethodDescriptor method, IMessage request, GrpcChannelOptions channel, CallOptions call)
    {
        var encoder = new RequestEncoder(method, channel, call.Compress);
        encoder.Demand(request);

        // Not pooled: a stream that the server refused unprocessed is sent again by the handler, whenever it likes.
        using var frame = encoder.Encode(request);
        return new SingleMessageContent(frame.WrittenMemory.ToArray());
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_frame, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
