using System.Globalization;
using System.Security.Cryptography;

namespace Cluster.Solana;

/// <summary>
/// The writings in which people keep private keys: base58 (Phantom), a JSON array of bytes (the Solana command line's key
/// files), and base64 with its padding; each of a seed of 32 bytes or of a secret key of 64, seed and public key.
/// </summary>
public static class SecretKeyText
{
    /// <summary>Reads a private key.</summary>
    /// <param name="text">White space around it does not matter.</param>
    /// <returns>32 or 64 bytes, pinned; the caller wipes them.</returns>
    /// <exception cref="FormatException">It is none of the writings. The message holds nothing of the text.</exception>
    public static byte[] Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var buffer = GC.AllocateArray<byte>(SigningKey.SecretKeySize, pinned: true);
        var length = text switch
        {
            ['[', .. var list, ']'] => ReadArray(list, buffer),
            [.., '='] => Convert.TryFromBase64Chars(text, buffer, out var written) ? written : -1,
            _ => ReadBase58(text, buffer),
        };
        if (length == SigningKey.SecretKeySize) return buffer;

        var seed = GC.AllocateArray<byte>(SigningKey.SeedSize, pinned: true);
        buffer.AsSpan(0, SigningKey.SeedSize).CopyTo(seed);
        CryptographicOperations.ZeroMemory(buffer);
        if (length == SigningKey.SeedSize) return seed;

        CryptographicOperations.ZeroMemory(seed);
        throw new FormatException(
            "this is no private key: it is 32 bytes of seed, or 64 bytes of seed and public key, in base58, in base64 that ends with =, or as a JSON array like [1,2,3]");
    }

    private static int ReadArray(ReadOnlySpan<char> list, Span<byte> buffer)
    {
        var length = 0;
        foreach (var range in list.Split(','))
        {
            if (length == buffer.Length
                || !byte.TryParse(list[range].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out buffer[length]))
            {
                return -1;
            }

            length++;
        }

        return length;
    }

    /// <summary>Base58 of so many bytes as a key or a signature has is what the two types of those sizes read.</summary>
    private static int ReadBase58(ReadOnlySpan<char> text, Span<byte> buffer)
    {
        if (Signature.TryParse(text, out var secretKey))
        {
            secretKey.CopyTo(buffer);
            return SigningKey.SecretKeySize;
        }

        if (PublicKey.TryParse(text, out var seed))
        {
            seed.CopyTo(buffer);
            return SigningKey.SeedSize;
        }

        return -1;
    }
}
