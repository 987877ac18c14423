using System.Buffers;

namespace Cluster.Tests.Support;

/// <summary>
/// Makes broken inputs out of good ones, the same for the same seed: flips bits, sets bytes to values that parsers trip
/// over, cuts, repeats, swaps and grows. For everything that reads bytes from outside.
/// </summary>
public sealed class Mutator(int seed)
{
    private static readonly byte[] Awkward = [0x00, 0x01, 0x02, 0x7f, 0x80, 0xff, 0xfe, 0x08, 0x0a, 0x20, (byte)'"', (byte)'{', (byte)'-'];

    private readonly Random _random = new(seed);

    /// <summary>A number below <paramref name="bound"/>, for choices that belong to the same run.</summary>
    public int Next(int bound) => _random.Next(bound);

    /// <summary>A copy of <paramref name="input"/> with one to eight mutations; at most <paramref name="maxLength"/> bytes.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> input, int maxLength = 64 * 1024)
    {
        var bytes = new List<byte>(input.ToArray());
        for (var i = _random.Next(1, 9); i > 0; i--)
        {
            MutateOnce(bytes);
        }

        return [.. bytes.Take(maxLength)];
    }

    /// <summary>The same bytes in segments of random lengths, empty ones among them: as a network delivers them.</summary>
    public ReadOnlySequence<byte> Split(byte[] bytes)
    {
        var first = new Segment(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(_random.Next(0, 9), bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, length), last);
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private void MutateOnce(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var run = Math.Min(_random.Next(1, 17), bytes.Count - at);
        switch (_random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Awkward[_random.Next(Awkward.Length)];
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 3:
                bytes.RemoveRange(at, run);
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, run));
                break;
            case 6:
                bytes.InsertRange(at, Enumerable.Repeat(Awkward[_random.Next(Awkward.Length)], _random.Next(1, 33)));
                break;
            default:
                bytes.Reverse(at, run);
                break;
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
