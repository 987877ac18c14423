using System.Buffers;
using System.Buffers.Binary;

namespace Cluster.Grpc.Wire;

/// <summary>
/// Length-Prefixed-Message: a flag (0 plain, 1 compressed), the length as four bytes big endian, the message
/// (<see href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over HTTP/2</see>).
/// </summary>
internal static class MessageFrame
{
    public const int PrefixSize = 5;

    /// <summary>
    /// Takes the first whole frame off <paramref name="buffer"/>, without copying. False, with the buffer untouched,
    /// while the frame is incomplete. A length over the limit is refused as soon as the prefix is there, before anything
    /// is buffered for it.
    /// </summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int maxMessageSize, out ReadOnlySequence<byte> payload, out bool compressed)
    {
        payload = default;
        compressed = false;
        if (buffer.Length < PrefixSize)
        {
            // A wrong flag is told at once rather than after four more bytes that may never come.
            if (!buffer.IsEmpty)
            {
                ReadFlag(FirstByte(buffer));
            }

            return false;
        }

        scoped var prefix = buffer.FirstSpan;
        if (prefix.Length < PrefixSize)
        {
            Span<byte> joined = stackalloc byte[PrefixSize];
            buffer.Slice(0, PrefixSize).CopyTo(joined);
            prefix = joined;
        }

        compressed = ReadFlag(prefix[0]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)maxMessageSize)
        {
            throw TooLarge(length, maxMessageSize);
        }

        if (buffer.Length - PrefixSize < length)
        {
            return false;
        }

        payload = buffer.Slice(PrefixSize, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    public static void WritePrefix(Span<byte> destination, bool compressed, int length)
    {
        destination[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }

    public static RpcException TooLarge(long size, int limit) =>
        new(StatusCode.ResourceExhausted, $"message of {size} bytes is larger than the limit of {limit} bytes");

    public static RpcException Truncated() =>
        new(StatusCode.Internal, "the stream ended in the middle of a message");

    private static byte FirstByte(ReadOnlySequence<byte> buffer)
    {
        // The first segment of a sequence may be empty.
        Span<byte> first = stackalloc byte[1];
        buffer.Slice(0, 1).CopyTo(first);
        return first[0];
    }

    private static bool ReadFlag(byte flag) => flag switch
    {
        0 => false,
        1 => true,
        _ => throw new RpcException(StatusCode.Internal, $"message with compressed-flag {flag}: only 0 and 1 exist"),
    };
}
