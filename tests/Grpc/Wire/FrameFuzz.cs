using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Cluster.Grpc;
using Cluster.Grpc.Wire;
using Cluster.Tests.Support;
using Google.Protobuf;

namespace Cluster.Tests.Grpc.Wire;

/// <summary>Feeds mutated streams to the frame reader. Callable with any count, so that a bench can run it for longer.</summary>
public static class FrameFuzz
{
    /// <summary>The limit that the fuzzed reader is given: small, so that hostile lengths are often near it.</summary>
    public const int MaxMessageSize = 4096;

    /// <summary>
    /// What one input may allocate: the messages it holds and one status at most, a multiple of what was sent and of the
    /// limit, never of a length that was only claimed.
    /// </summary>
    public const long MaxAllocated = 32 * MaxMessageSize;

    /// <summary>Reads <paramref name="count"/> mutated inputs.</summary>
    /// <returns>How many were read to their end, refused, and how much the most expensive one allocated, in bytes.</returns>
    /// <exception cref="InvalidOperationException">An input made the reader throw anything but a status, or allocate too much.</exception>
    public static (int Read, int Refused, long MostAllocated) Run(int seed, int count)
    {
        var seeds = Seeds();
        var mutator = new Mutator(seed);
        var (read, refused, mostAllocated) = (0, 0, 0L);
        for (var i = 0; i < count; i++)
        {
            var input = mutator.Mutate(seeds[mutator.Next(seeds.Count)]);
            var segments = mutator.Split(input);
            var encoding = mutator.Next(4) == 0 ? MessageEncoding.Identity : MessageEncoding.Gzip;
            var allocated = Allocations.Of(MaxAllocated, () => ReadAll(segments, encoding, input), out var wasRead);
            (read, refused) = wasRead ? (read + 1, refused) : (read, refused + 1);
            mostAllocated = Math.Max(mostAllocated, allocated);
            if (allocated > MaxAllocated)
            {
                throw new InvalidOperationException($"input {i} of seed {seed} allocated {allocated} bytes: {Convert.ToHexString(input)}");
            }
        }

        return (read, refused, mostAllocated);
    }

    private static bool ReadAll(ReadOnlySequence<byte> buffer, MessageEncoding encoding, byte[] input)
    {
        var decoder = new MessageDecoder(EchoRequest.Parser, encoding, MaxMessageSize);
        try
        {
            while (decoder.TryRead(ref buffer, out _))
            {
            }

            return true;
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.Internal or StatusCode.ResourceExhausted)
        {
            return false;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{Convert.ToHexString(input)}: {exception.Message}", exception);
        }
    }

    private static List<byte[]> Seeds()
    {
        var small = new EchoRequest { Text = "grüße", Payload = ByteString.CopyFrom(1, 2, 3), Repeat = 7, FailMessage = "no" }.ToByteArray();
        var large = new EchoRequest { Text = new string('x', 2000), Payload = ByteString.CopyFrom(new byte[1000]) }.ToByteArray();
        var bomb = new byte[MaxMessageSize * 64];
        return
        [
            Frame(small, compressed: false),
            Frame(large, compressed: false),
            Frame(Gzip(small), compressed: true),
            Frame(Gzip(large), compressed: true),
            Frame(Gzip(bomb), compressed: true),
            [.. Frame(small, compressed: false), .. Frame([], compressed: false), .. Frame(Gzip(small), compressed: true), .. Frame(small, compressed: false)],
            [0, 0xff, 0xff, 0xff, 0xff, 0],
        ];
    }

    private static byte[] Frame(byte[] payload, bool compressed)
    {
        var frame = new byte[MessageFrame.PrefixSize + payload.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, MessageFrame.PrefixSize);
        return frame;
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }
}
