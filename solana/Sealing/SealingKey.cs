using System.Security.Cryptography;

namespace Cluster.Solana;

/// <summary>
/// An X25519 key to which others seal secrets, and which opens them. The private half lives only in OpenSSL's memory,
/// outside the managed heap, and is wiped when the key is disposed.
/// </summary>
public sealed class SealingKey : IDisposable
{
    /// <summary>Bytes in the public and in the private half.</summary>
    public const int Size = 32;

    private readonly LibCrypto.KeyHandle _key;
    private readonly byte[] _publicKey = new byte[Size];

    private SealingKey(LibCrypto.KeyHandle key)
    {
        _key = key;
        nuint length = Size;
        if (key.IsInvalid || LibCrypto.GetPublicKey(key, _publicKey, ref length) != 1)
        {
            key.Dispose();
            throw new CryptographicException("OpenSSL cannot make an X25519 key");
        }
    }

    /// <summary>The public half, to be given to whoever seals.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Makes a new random key.</summary>
    public static SealingKey Generate()
    {
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            RandomNumberGenerator.Fill(bytes);
            return FromPrivateBytes(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Makes the key of a private half.</summary>
    /// <param name="bytes">32 bytes; stays the caller's.</param>
    /// <exception cref="ArgumentException">There are not 32 bytes.</exception>
    public static SealingKey FromPrivateBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size
            ? new SealingKey(LibCrypto.NewPrivateKey(LibCrypto.X25519, 0, bytes, Size))
            : throw new ArgumentException($"an X25519 key has {Size} bytes, not {bytes.Length}", nameof(bytes));

    /// <summary>Opens what was sealed to this key.</summary>
    /// <param name="sealedBytes">From <see cref="SealedBox.Seal"/>.</param>
    /// <param name="purpose">As it was sealed with.</param>
    /// <param name="plaintext">Takes <see cref="SealedBox.Overhead"/> bytes less than are sealed; the caller wipes it.</param>
    /// <exception cref="CryptographicException">It was sealed to another key or for another purpose, or was changed on its way.</exception>
    public void Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> purpose, Span<byte> plaintext) =>
        SealedBox.Open(this, sealedBytes, purpose, plaintext);

    /// <summary>Wipes the private half.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "[redacted]";

    /// <summary>The secret that this private half and another's public half agree on (RFC 7748, section 6.1).</summary>
    /// <param name="peer">The other's public half.</param>
    /// <param name="secret">Takes 32 bytes.</param>
    /// <exception cref="CryptographicException">The public half is none, or of small order.</exception>
    internal void Agree(ReadOnlySpan<byte> peer, Span<byte> secret)
    {
        using var other = LibCrypto.NewPublicKey(LibCrypto.X25519, 0, peer, (nuint)peer.Length);
        using var context = LibCrypto.NewKeyContext(_key, 0);
        nuint length = Size;
        if (!other.IsInvalid
            && !context.IsInvalid
            && LibCrypto.DeriveInit(context) == 1
            && LibCrypto.SetPeer(context, other) == 1
            && LibCrypto.Derive(context, secret, ref length) == 1
            && length == Size)
        {
            return;
        }

        LibCrypto.ClearErrors();
        throw new CryptographicException("no secret can be agreed on with this X25519 public key");
    }
}
