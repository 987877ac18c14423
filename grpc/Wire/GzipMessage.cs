using System.Buffers;
using System.IO.Compression;
using Google.Protobuf;

namespace Cluster.Grpc.Wire;

/// <summary>Messages through gzip (RFC 1952), each with a context of its own.</summary>
internal static class GzipMessage
{
    private const int SmallestBuffer = 4096;

    /// <summary>Inflates a message; stops at the first byte over the limit, so a bomb costs no more than the limit.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED over the limit, INTERNAL for what is not gzip.</exception>
    public static PooledBuffer Inflate(in ReadOnlySequence<byte> payload, int maxMessageSize)
    {
        var inflated = new PooledBuffer((int)Math.Clamp(payload.Length * 2, SmallestBuffer, Math.Max(SmallestBuffer, maxMessageSize)));
        try
        {
            using var source = new SequenceStream(payload);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            int read;
            while ((read = gzip.Read(inflated.GetSpan())) > 0)
            {
                inflated.Advance(read);
                if (inflated.WrittenCount > maxMessageSize)
                {
                    throw new RpcException(StatusCode.ResourceExhausted, $"the message inflates to more than the limit of {maxMessageSize} bytes");
                }
            }

            return inflated;
        }
        catch (InvalidDataException exception)
        {
            inflated.Dispose();
            throw new RpcException(StatusCode.Internal, "the message is flagged as compressed but is not valid gzip", innerException: exception);
        }
        catch
        {
            inflated.Dispose();
            throw;
        }
    }

    public static PooledBuffer Deflate(IMessage message, int size, CompressionLevel level)
    {
        using var plain = new PooledBuffer(Math.Max(size, 1));
        message.WriteTo(plain.GetSpan(size)[..size]);
        plain.Advance(size);

        var deflated = new PooledBuffer(Math.Max(size / 2, SmallestBuffer));
        using (var sink = new BufferWriterStream(deflated))
        using (var gzip = new GZipStream(sink, level))
        {
            gzip.Write(plain.WrittenMemory.Span);
        }

        return deflated;
    }
}
