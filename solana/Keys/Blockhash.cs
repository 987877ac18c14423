using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>The hash of a recent block, 32 bytes held inline. A transaction that names it can land for 150 blocks.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Blockhash
{
    /// <summary>Bytes in a blockhash.</summary>
    public const int Size = 32;

    /// <summary>Characters in the longest base58 text of a blockhash.</summary>
    public const int MaxTextLength = Base58.MaxLength32;

    private const string Kind = "blockhash";

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32 bytes.</exception>
    public static Blockhash FromBytes(ReadOnlySpan<byte> bytes) => Base58Text.FromBytes<Blockhash>(bytes, Kind);

    /// <summary>Reads base58 text.</summary>
    /// <exception cref="FormatException">The text is not base58 of 32 bytes; the message says where and why.</exception>
    public static Blockhash Parse(ReadOnlySpan<char> text) => Base58Text.Parse<Blockhash>(text, Kind);

    /// <summary>Reads base58 text; false where it is not base58 of 32 bytes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Blockhash blockhash) => Base58Text.TryParse(text, out blockhash);

    /// <summary>Reads base58 text; where it is not base58 of 32 bytes, <paramref name="error"/> says where and why.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Blockhash blockhash, [NotNullWhen(false)] out string? error) =>
        Base58Text.TryParse(text, Kind, out blockhash, out error);

    /// <summary>The 32 bytes, as long as the variable that holds this blockhash lives.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => MemoryMarshal.AsBytes(new ReadOnlySpan<Blockhash>(in this));

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    /// <summary>Copies the 32 bytes; false where the destination is shorter.</summary>
    public bool TryWriteBytes(Span<byte> destination) => AsSpan().TryCopyTo(destination);

    /// <inheritdoc/>
    public bool Equals(Blockhash other) =>
        _word0 == other._word0 && _word1 == other._word1 && _word2 == other._word2 && _word3 == other._word3;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3);

    /// <summary>The blockhash in base58.</summary>
    public override string ToString() => Base58Text.Format(AsSpan());
}
