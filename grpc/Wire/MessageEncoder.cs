using System.Buffers;
using System.IO.Compression;
using Google.Protobuf;

namespace Cluster.Grpc.Wire;

/// <summary>Writes messages with their prefix straight into where they are sent from.</summary>
internal static class MessageEncoder
{
    /// <summary>Up to here a message is serialized into one span of the destination, which every pipe has at hand.</summary>
    private const int OneSpan = 4096 - MessageFrame.PrefixSize;

    /// <returns>Bytes written, prefix included.</returns>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the message is over the limit; nothing is written then.</exception>
    public static int Write(IBufferWriter<byte> destination, IMessage message, int maxMessageSize)
    {
        var size = Measure(message, maxMessageSize);
        if (size <= OneSpan)
        {
            var span = destination.GetSpan(MessageFrame.PrefixSize + size);
            MessageFrame.WritePrefix(span, compressed: false, size);
            message.WriteTo(span.Slice(MessageFrame.PrefixSize, size));
            destination.Advance(MessageFrame.PrefixSize + size);
        }
        else
        {
            MessageFrame.WritePrefix(destination.GetSpan(MessageFrame.PrefixSize), compressed: false, size);
            destination.Advance(MessageFrame.PrefixSize);
            message.WriteTo(destination);
        }

        return MessageFrame.PrefixSize + size;
    }

    /// <inheritdoc cref="Write"/>
    public static int WriteGzip(IBufferWriter<byte> destination, IMessage message, int maxMessageSize, CompressionLevel level)
    {
        using var deflated = GzipMessage.Deflate(message, Measure(message, maxMessageSize), level);
        MessageFrame.WritePrefix(destination.GetSpan(MessageFrame.PrefixSize), compressed: true, deflated.WrittenCount);
        destination.Advance(MessageFrame.PrefixSize);
        destination.Write(deflated.WrittenMemory.Span);
        return MessageFrame.PrefixSize + deflated.WrittenCount;
    }

    private static int Measure(IMessage message, int maxMessageSize)
    {
        var size = message.CalculateSize();
        return size <= maxMessageSize ? size : throw MessageFrame.TooLarge(size, maxMessageSize);
    }
}
