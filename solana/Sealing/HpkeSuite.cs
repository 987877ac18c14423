using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cluster.Solana;

/// <summary>
/// The key schedule of HPKE's base mode for DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256. Source: RFC 9180, sections 4 and 5.
/// </summary>
internal sealed class HpkeSuite
{
    /// <summary>Bytes in a nonce of AES-GCM.</summary>
    public const int NonceSize = 12;

    private const int HashSize = 32;
    private const byte BaseMode = 0;

    private readonly byte[] _suiteId;

    private HpkeSuite(byte aead, int keySize)
    {
        _suiteId = [.. "HPKE"u8, 0x00, 0x20, 0x00, 0x01, 0x00, aead];
        KeySize = keySize;
    }

    /// <summary>AES-128-GCM, of which the RFC has test vectors.</summary>
    public static HpkeSuite Aes128 { get; } = new(aead: 1, keySize: 16);

    /// <summary>AES-256-GCM.</summary>
    public static HpkeSuite Aes256 { get; } = new(aead: 2, keySize: 32);

    /// <summary>Bytes in a key.</summary>
    public int KeySize { get; }

    private static ReadOnlySpan<byte> KemId => [(byte)'K', (byte)'E', (byte)'M', 0x00, 0x20];

    private static ReadOnlySpan<byte> Version => "HPKE-v1"u8;

    /// <summary>Makes key and nonce of what both sides agreed on.</summary>
    /// <param name="agreed">By X25519.</param>
    /// <param name="encapsulated">The ephemeral public key.</param>
    /// <param name="recipient">The recipient's public key.</param>
    /// <param name="info">Binds the key to a purpose.</param>
    /// <param name="key">Takes <see cref="KeySize"/> bytes.</param>
    /// <param name="nonce">Takes <see cref="NonceSize"/> bytes.</param>
    public void Schedule(
        ReadOnlySpan<byte> agreed,
        ReadOnlySpan<byte> encapsulated,
        ReadOnlySpan<byte> recipient,
        ReadOnlySpan<byte> info,
        Span<byte> key,
        Span<byte> nonce)
    {
        Span<byte> extracted = stackalloc byte[HashSize];
        Span<byte> shared = stackalloc byte[HashSize];
        Span<byte> secret = stackalloc byte[HashSize];
        Span<byte> context = stackalloc byte[1 + HashSize + HashSize];
        try
        {
            Extract(KemId, [], "eae_prk"u8, agreed, extracted);
            Expand(KemId, extracted, "shared_secret"u8, [.. encapsulated, .. recipient], shared);
            context[0] = BaseMode;
            Extract(_suiteId, [], "psk_id_hash"u8, [], context[1..]);
            Extract(_suiteId, [], "info_hash"u8, info, context[(1 + HashSize)..]);
            Extract(_suiteId, shared, "secret"u8, [], secret);
            Expand(_suiteId, secret, "key"u8, context, key);
            Expand(_suiteId, secret, "base_nonce"u8, context, nonce);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(extracted);
            CryptographicOperations.ZeroMemory(shared);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static void Extract(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> input, Span<byte> output)
    {
        byte[] labeled = [.. Version, .. suite, .. label, .. input];
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, output[..HashSize]);
        CryptographicOperations.ZeroMemory(labeled);
    }

    private static void Expand(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, Span<byte> output)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)output.Length);
        byte[] labeled = [.. length, .. Version, .. suite, .. label, .. info];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, labeled);
    }
}
