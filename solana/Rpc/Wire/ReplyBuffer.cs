using System.Buffers;

namespace Cluster.Solana;

/// <summary>The bytes of a reply in a pooled array, given back on dispose.</summary>
internal sealed class ReplyBuffer : IDisposable
{
    private const int FirstSize = 4 * 1024;

    private byte[]? _bytes;
    private int _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Reads a body to its end; null where it is longer than <paramref name="limit"/>.</summary>
    public static async ValueTask<ReplyBuffer?> Read(HttpContent content, int limit, CancellationToken ct)
    {
        var announced = content.Headers.ContentLength ?? 0;
        if (announced > limit)
        {
            return null;
        }

        var reply = new ReplyBuffer { _bytes = ArrayPool<byte>.Shared.Rent((int)Math.Max(announced + 1, FirstSize)) };
        try
        {
            await using var stream = await content.ReadAsStreamAsync(ct);
            while (await stream.ReadAsync(reply.Free(), ct) is var read and > 0)
            {
                reply._length += read;
                if (reply._length > limit)
                {
                    reply.Dispose();
                    return null;
                }
            }

            return reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private Memory<byte> Free()
    {
        var bytes = _bytes!;
        if (_length == bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(bytes.Length * 2);
            bytes.CopyTo(larger, 0);
            _bytes = larger;
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        return bytes.AsMemory(_length);
    }
}
