using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>
/// An Ed25519 signature, 64 bytes held inline. The first signature of a transaction, its fee payer's, is the
/// transaction's name on the ledger.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Signature
{
    /// <summary>Bytes in a signature.</summary>
    public const int Size = 64;

    /// <summary>Characters in the longest base58 text of a signature.</summary>
    public const int MaxTextLength = Base58.MaxLength64;

    private const string Kind = "signature";

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;
    private readonly ulong _word4;
    private readonly ulong _word5;
    private readonly ulong _word6;
    private readonly ulong _word7;

    /// <summary>Copies 64 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 64 bytes.</exception>
    public static Signature FromBytes(ReadOnlySpan<byte> bytes) => Base58Text.FromBytes<Signature>(bytes, Kind);

    /// <summary>Reads base58 text.</summary>
    /// <exception cref="FormatException">The text is not base58 of 64 bytes; the message says where and why.</exception>
    public static Signature Parse(ReadOnlySpan<char> text) => Base58Text.Parse<Signature>(text, Kind);

    /// <summary>Reads base58 text; false where it is not base58 of 64 bytes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Signature signature) => Base58Text.TryParse(text, out signature);

    /// <summary>Reads base58 text; where it is not base58 of 64 bytes, <paramref name="error"/> says where and why.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Signature signature, [NotNullWhen(false)] out string? error) =>
        Base58Text.TryParse(text, Kind, out signature, out error);

    /// <summary>The 64 bytes, as long as the variable that holds this signature lives.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => MemoryMarshal.AsBytes(new ReadOnlySpan<Signature>(in this));

    /// <summary>Copies the 64 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    /// <summary>Copies the 64 bytes; false where the destination is shorter.</summary>
    public bool TryWriteBytes(Span<byte> destination) => AsSpan().TryCopyTo(destination);

    /// <summary>Writes base58 text of at most <see cref="MaxTextLength"/> characters; false where it does not fit.</summary>
    public bool TryFormat(Span<char> text, out int charsWritten) => Base58Text.TryFormat(AsSpan(), text, out charsWritten);

    /// <summary>Writes base58 text in ASCII, at most <see cref="MaxTextLength"/> bytes; false where it does not fit.</summary>
    public bool TryFormat(Span<byte> asciiText, out int bytesWritten) => Base58.TryEncode(AsSpan(), asciiText, out bytesWritten);

    /// <inheritdoc/>
    public bool Equals(Signature other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3, _word4, _word5, _word6, _word7);

    /// <summary>The signature in base58.</summary>
    public override string ToString() => Base58Text.Format(AsSpan());
}
