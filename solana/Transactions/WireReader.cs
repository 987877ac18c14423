namespace Cluster.Solana;

/// <summary>
/// Reads untrusted bytes. The first thing wrong is kept in <see cref="Error"/>, and from then on everything reads as
/// nothing, so that a decoder needs to look only once a section.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    public string? Error { get; private set; }

    public int Position { get; private set; }

    public readonly int Remaining => _source.Length - Position;

    public readonly bool HasFailed => Error is not null;

    public void Fail(string error) => Error ??= error;

    /// <summary>The next byte without taking it; -1 at the end.</summary>
    public readonly int Peek() => HasFailed || Remaining == 0 ? -1 : _source[Position];

    public byte Byte(string what)
    {
        var bytes = Bytes(1, what);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    public ReadOnlySpan<byte> Bytes(int count, string what)
    {
        if (HasFailed) return default;
        if (count > Remaining)
        {
            Fail($"{what} at byte {Position} needs {count} bytes, but {Remaining} are left");
            return default;
        }

        var bytes = _source.Slice(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>A count of things of at least <paramref name="itemSize"/> bytes each, which must still be there.</summary>
    public int Count(int itemSize, string what)
    {
        if (HasFailed) return 0;
        if (!CompactU16.TryRead(_source[Position..], out var count, out var size))
        {
            Fail($"the number of {what} at byte {Position} is no compact-u16 in its shortest form");
            return 0;
        }

        if (count * itemSize > Remaining - size)
        {
            Fail($"{count} {what} at byte {Position} need {count * itemSize} bytes, but {Remaining - size} are left");
            return 0;
        }

        Position += size;
        return count;
    }

    public PublicKey Key(string what)
    {
        var bytes = Bytes(PublicKey.Size, what);
        return bytes.IsEmpty ? default : PublicKey.FromBytes(bytes);
    }
}
