using System.Text;

namespace Cluster.Tests.Cli;

/// <summary>A stream of a beginning, any number of <c>x</c>, and an end, without holding it.</summary>
internal sealed class JunkStream(string beginning, long junk, string end) : Stream
{
    private readonly byte[] _beginning = Encoding.UTF8.GetBytes(beginning);
    private readonly byte[] _end = Encoding.UTF8.GetBytes(end);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _beginning.Length + junk + _end.Length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        if (_position < _beginning.Length)
        {
            read = Copy(_beginning.AsSpan((int)_position), buffer);
        }
        else if (_position < _beginning.Length + junk)
        {
            read = (int)Math.Min(buffer.Length, _beginning.Length + junk - _position);
            buffer[..read].Fill((byte)'x');
        }
        else
        {
            read = Copy(_end.AsSpan((int)(_position - _beginning.Length - junk)), buffer);
        }

        _position += read;
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var count = Math.Min(from.Length, to.Length);
        from[..count].CopyTo(to);
        return count;
    }
}
