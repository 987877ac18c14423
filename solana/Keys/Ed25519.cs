using System.Security.Cryptography;

namespace Cluster.Solana;

/// <summary>Ed25519 (RFC 8032) by OpenSSL, for those who hold no private key.</summary>
public static class Ed25519
{
    /// <summary>Whether <paramref name="signature"/> is the signature of the message by the owner of the key.</summary>
    /// <param name="key">The signer's public key; bytes that are no point of the curve verify nothing.</param>
    /// <param name="message">What was signed.</param>
    /// <param name="signature">64 bytes; any other length verifies nothing.</param>
    public static bool Verify(in PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Signature.Size) return false;

        using var keyHandle = LibCrypto.NewPublicKey(LibCrypto.Ed25519, 0, key.AsSpan(), PublicKey.Size);
        using var context = LibCrypto.NewContext();
        if (keyHandle.IsInvalid || context.IsInvalid || LibCrypto.VerifyInit(context, 0, 0, 0, keyHandle) != 1)
        {
            throw new CryptographicException("OpenSSL cannot verify Ed25519 signatures");
        }

        var verified = LibCrypto.Verify(context, signature, Signature.Size, message, (nuint)message.Length) == 1;

        // A refused signature leaves its reason in the thread's error queue, where .NET's own TLS would find it.
        if (!verified) LibCrypto.ClearErrors();
        return verified;
    }

    /// <inheritdoc cref="Verify(in PublicKey, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static bool Verify(in PublicKey key, ReadOnlySpan<byte> message, in Signature signature) =>
        Verify(key, message, signature.AsSpan());
}
