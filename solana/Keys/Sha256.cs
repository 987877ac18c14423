using System.Diagnostics;

namespace Cluster.Solana;

/// <summary>
/// SHA-256 by the system's OpenSSL, for short inputs in great number. The framework's own has OpenSSL look the algorithm
/// up by name for every hash, which takes several times as long as hashing a hundred bytes.
/// </summary>
public static class Sha256
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    private static readonly nint Algorithm = LibCrypto.FetchDigest(0, "SHA256", 0) is var fetched and not 0
        ? fetched
        : throw new PlatformNotSupportedException("libcrypto has no SHA-256; OpenSSL 3 or newer is needed");

    [ThreadStatic]
    private static LibCrypto.ContextHandle? _context;

    /// <summary>Hashes.</summary>
    /// <param name="data">Any bytes.</param>
    /// <param name="hash">Gets the hash; at least <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="hash"/> is too short.</exception>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        if (hash.Length < Size)
        {
            throw new ArgumentException($"a hash takes {Size} bytes, not {hash.Length}", nameof(hash));
        }

        var context = _context ??= LibCrypto.NewContext();
        var succeeded = LibCrypto.DigestInit(context, Algorithm, 0) == 1
            && LibCrypto.DigestUpdate(context, data, (nuint)data.Length) == 1
            && LibCrypto.DigestFinal(context, hash, 0) == 1;
        if (!succeeded)
        {
            throw new UnreachableException("libcrypto refused to hash");
        }
    }
}
