using System.Buffers;
using System.IO.Pipelines;

namespace Cluster.Cli.Csv;

/// <summary>
/// Reads a file line by line in bounded memory. A line that is longer than any row can be is passed over and reported
/// as such, whatever its length.
/// </summary>
/// <param name="stream">Read forward only, not closed.</param>
internal sealed class CsvLineReader(Stream stream)
{
    /// <summary>The longest line that is read, in bytes without its end.</summary>
    public const int MaxLineBytes = 4096;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly PipeReader _pipe = PipeReader.Create(
        stream,
        new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024, leaveOpen: true));

    private readonly byte[] _line = new byte[MaxLineBytes];
    private bool _tooLong;
    private bool _started;

    /// <summary>Number of the line read last, from 1.</summary>
    public ulong Number { get; private set; }

    /// <summary>Whether the line read last was too long to be kept.</summary>
    public bool TooLong { get; private set; }

    /// <summary>Length of <see cref="Line"/>.</summary>
    private int _length;

    /// <summary>The line read last, without its end (LF or CRLF); cut where it was too long.</summary>
    public ReadOnlySpan<byte> Line => _line.AsSpan(0, _length);

    /// <summary>Reads the next line.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False at the end of the file.</returns>
    public async ValueTask<bool> Read(CancellationToken cancellationToken)
    {
        _length = 0;
        _tooLong = false;
        var any = false;
        while (true)
        {
            var result = await _pipe.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var end = buffer.PositionOf((byte)'\n');
            var part = end is { } position ? buffer.Slice(0, position) : buffer;
            any |= !buffer.IsEmpty;
            Keep(part);
            if (end is { } newline)
            {
                _pipe.AdvanceTo(buffer.GetPosition(1, newline));
                return Finish();
            }

            _pipe.AdvanceTo(buffer.End);
            if (result.IsCompleted)
            {
                return any && Finish();
            }
        }
    }

    private void Keep(in ReadOnlySequence<byte> part)
    {
        foreach (var segment in part)
        {
            var room = MaxLineBytes - _length;
            var taken = Math.Min(room, segment.Length);
            segment.Span[..taken].CopyTo(_line.AsSpan(_length));
            _length += taken;
            _tooLong |= segment.Length > room;
        }
    }

    private bool Finish()
    {
        Number++;
        TooLong = _tooLong;
        if (!_started)
        {
            _started = true;
            if (Line.StartsWith(ByteOrderMark))
            {
                Line[ByteOrderMark.Length..].CopyTo(_line);
                _length -= ByteOrderMark.Length;
            }
        }

        if (_length > 0 && _line[_length - 1] == (byte)'\r')
        {
            _length--;
        }

        return true;
    }
}
