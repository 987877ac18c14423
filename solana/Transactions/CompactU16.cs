namespace Cluster.Solana;

/// <summary>
/// The length prefix of Solana's wire format ("short vec"): seven bits a byte, the lowest first, the high bit set
/// where another byte follows, at most three bytes for 16 bits.
/// </summary>
internal static class CompactU16
{
    public static int Size(int value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;

    public static int Write(Span<byte> destination, int value)
    {
        var rest = (uint)checked((ushort)value);
        var at = 0;
        for (; rest >= 0x80; rest >>= 7) destination[at++] = (byte)(rest | 0x80);
        destination[at++] = (byte)rest;
        return at;
    }

    /// <summary>Reads a number; false where bytes lack, the number exceeds 16 bits or could be written shorter.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out int value, out int size)
    {
        value = 0;
        for (size = 0; size < 3 && size < source.Length;)
        {
            var part = source[size];
            value |= (part & 0x7F) << (7 * size++);
            if ((part & 0x80) != 0) continue;

            var hasPadding = part == 0 && size > 1;
            return !hasPadding && value <= ushort.MaxValue;
        }

        return false;
    }
}
