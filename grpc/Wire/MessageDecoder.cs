using System.Buffers;
using Google.Protobuf;

namespace Cluster.Grpc.Wire;

/// <summary>Takes messages off the front of what one direction of a call has received.</summary>
internal readonly struct MessageDecoder(MessageParser parser, MessageEncoding encoding, int maxMessageSize)
{
    /// <summary>The next message; false while it is incomplete.</summary>
    /// <exception cref="RpcException">What was sent is too large or cannot be read.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out IMessage message)
    {
        if (!MessageFrame.TryRead(ref buffer, maxMessageSize, out var payload, out var compressed))
        {
            message = null!;
            return false;
        }

        message = compressed ? ParseCompressed(payload) : Parse(payload);
        return true;
    }

    private IMessage ParseCompressed(in ReadOnlySequence<byte> payload)
    {
        if (encoding == MessageEncoding.Identity)
        {
            throw new RpcException(StatusCode.Internal, $"message flagged as compressed without a {HeaderName.Encoding} header that says how");
        }

        using var inflated = GzipMessage.Inflate(payload, maxMessageSize);
        return Parse(new ReadOnlySequence<byte>(inflated.WrittenMemory));
    }

    private IMessage Parse(in ReadOnlySequence<byte> payload)
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new RpcException(StatusCode.Internal, $"the message is not valid protobuf: {exception.Message}", innerException: exception);
        }
    }
}
