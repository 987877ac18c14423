using System.Security.Cryptography;

namespace Cluster.Solana;

/// <summary>
/// Seals a secret to the holder of an X25519 key: single-shot HPKE in base mode with DHKEM(X25519, HKDF-SHA256),
/// HKDF-SHA256 and AES-256-GCM, no associated data. What is sealed is the encapsulated key (32 bytes), then the
/// ciphertext, then the tag (16). Source: RFC 9180.
/// </summary>
public static class SealedBox
{
    /// <summary>Bytes that a sealed secret has more than the secret.</summary>
    public const int Overhead = SealingKey.Size + TagSize;

    private const int TagSize = 16;

    /// <summary>Seals a secret.</summary>
    /// <param name="recipient">Public half of an X25519 key, 32 bytes.</param>
    /// <param name="purpose">What it is sealed for; it opens for nothing else.</param>
    /// <param name="plaintext">The secret; stays the caller's.</param>
    /// <exception cref="CryptographicException">The recipient's key is none, or of small order.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> plaintext)
    {
        using var ephemeral = SealingKey.Generate();
        return SealWith(HpkeSuite.Aes256, ephemeral, recipient, purpose, [], plaintext);
    }

    /// <summary>Seals with a given ephemeral key, which must seal nothing else.</summary>
    internal static byte[] SealWith(
        HpkeSuite suite,
        SealingKey ephemeral,
        ReadOnlySpan<byte> recipient,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> plaintext)
    {
        if (recipient.Length != SealingKey.Size)
        {
            throw new CryptographicException($"an X25519 public key has {SealingKey.Size} bytes, not {recipient.Length}");
        }

        var bytes = new byte[Overhead + plaintext.Length];
        ephemeral.PublicKey.Span.CopyTo(bytes);
        Span<byte> agreed = stackalloc byte[SealingKey.Size];
        Span<byte> key = stackalloc byte[suite.KeySize];
        Span<byte> nonce = stackalloc byte[HpkeSuite.NonceSize];
        try
        {
            ephemeral.Agree(recipient, agreed);
            suite.Schedule(agreed, ephemeral.PublicKey.Span, recipient, info, key, nonce);
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, plaintext, bytes.AsSpan(SealingKey.Size, plaintext.Length), bytes.AsSpan(bytes.Length - TagSize), associatedData);
            return bytes;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    internal static void Open(SealingKey recipient, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> purpose, Span<byte> plaintext)
    {
        if (sealedBytes.Length < Overhead)
        {
            throw new CryptographicException($"{sealedBytes.Length} bytes are too few for something sealed; it has at least {Overhead}");
        }

        var suite = HpkeSuite.Aes256;
        var encapsulated = sealedBytes[..SealingKey.Size];
        Span<byte> agreed = stackalloc byte[SealingKey.Size];
        Span<byte> key = stackalloc byte[suite.KeySize];
        Span<byte> nonce = stackalloc byte[HpkeSuite.NonceSize];
        try
        {
            recipient.Agree(encapsulated, agreed);
            suite.Schedule(agreed, encapsulated, recipient.PublicKey.Span, purpose, key, nonce);
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(
                nonce, sealedBytes[SealingKey.Size..^TagSize], sealedBytes[^TagSize..], plaintext[..(sealedBytes.Length - Overhead)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
