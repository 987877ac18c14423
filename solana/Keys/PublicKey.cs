using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>
/// The address of an account: 32 bytes, held inline. It is an Ed25519 public key where a private key exists for it,
/// and a point off the curve where a program owns it (see <see cref="IsOnCurve"/>).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PublicKey : IComparable<PublicKey>
{
    /// <summary>Bytes in a public key.</summary>
    public const int Size = 32;

    /// <summary>Characters in the longest base58 text of a public key.</summary>
    public const int MaxTextLength = Base58.MaxLength32;

    private const string Kind = "public key";

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>
    /// Whether the bytes are a point of the Ed25519 curve, as the Solana runtime decides it: only then can a private
    /// key sign for the account. Associated token accounts and other program-derived addresses are off the curve.
    /// </summary>
    public bool IsOnCurve => EdwardsCurve.IsPoint(AsSpan());

    /// <summary>The first eight bytes, which tell almost all keys apart.</summary>
    internal ulong Prefix => _word0;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32 bytes.</exception>
    public static PublicKey FromBytes(ReadOnlySpan<byte> bytes) => Base58Text.FromBytes<PublicKey>(bytes, Kind);

    /// <summary>Reads base58 text.</summary>
    /// <exception cref="FormatException">The text is not base58 of 32 bytes; the message says where and why.</exception>
    public static PublicKey Parse(ReadOnlySpan<char> text) => Base58Text.Parse<PublicKey>(text, Kind);

    /// <summary>Reads base58 text; false where it is not base58 of 32 bytes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PublicKey key) => Base58Text.TryParse(text, out key);

    /// <summary>Reads base58 text; where it is not base58 of 32 bytes, <paramref name="error"/> says where and why.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PublicKey key, [NotNullWhen(false)] out string? error) =>
        Base58Text.TryParse(text, Kind, out key, out error);

    /// <summary>The 32 bytes, as long as the variable that holds this key lives.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => MemoryMarshal.AsBytes(new ReadOnlySpan<PublicKey>(in this));

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    /// <summary>Copies the 32 bytes; false where the destination is shorter.</summary>
    public bool TryWriteBytes(Span<byte> destination) => AsSpan().TryCopyTo(destination);

    /// <summary>Writes base58 text of at most <see cref="MaxTextLength"/> characters; false where it does not fit.</summary>
    public bool TryFormat(Span<char> text, out int charsWritten) => Base58Text.TryFormat(AsSpan(), text, out charsWritten);

    /// <summary>Writes base58 text in ASCII, at most <see cref="MaxTextLength"/> bytes; false where it does not fit.</summary>
    public bool TryFormat(Span<byte> asciiText, out int bytesWritten) => Base58.TryEncode(AsSpan(), asciiText, out bytesWritten);

    /// <summary>Orders keys by their bytes.</summary>
    public int CompareTo(PublicKey other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <inheritdoc/>
    public bool Equals(PublicKey other) =>
        _word0 == other._word0 && _word1 == other._word1 && _word2 == other._word2 && _word3 == other._word3;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3);

    /// <summary>The key in base58.</summary>
    public override string ToString() => Base58Text.Format(AsSpan());

    /// <summary>Orders keys by their bytes.</summary>
    public static bool operator <(PublicKey left, PublicKey right) => left.CompareTo(right) < 0;

    /// <summary>Orders keys by their bytes.</summary>
    public static bool operator >(PublicKey left, PublicKey right) => left.CompareTo(right) > 0;

    /// <summary>Orders keys by their bytes.</summary>
    public static bool operator <=(PublicKey left, PublicKey right) => left.CompareTo(right) <= 0;

    /// <summary>Orders keys by their bytes.</summary>
    public static bool operator >=(PublicKey left, PublicKey right) => left.CompareTo(right) >= 0;
}
