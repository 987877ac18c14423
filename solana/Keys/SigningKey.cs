using System.Security.Cryptography;

namespace Cluster.Solana;

/// <summary>
/// A private key that signs. The seed lives in OpenSSL's memory and in pinned memory of its own, where nothing moves or
/// copies it, and is wiped in both when the key is disposed. Safe for use by many threads at once.
/// </summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>Bytes in a seed, the private half of a key.</summary>
    public const int SeedSize = 32;

    /// <summary>Bytes in a secret key as Solana's key files hold it: the seed, then the public key.</summary>
    public const int SecretKeySize = SeedSize + PublicKey.Size;

    private readonly LibCrypto.KeyHandle _key;

    /// <summary>The one spare context: taken for a signature and put back, so that no two threads share it.</summary>
    private LibCrypto.ContextHandle? _spareContext;
    private volatile bool _disposed;

    /// <summary>OpenSSL would give the seed out by way of memory that it frees without wiping it.</summary>
    private readonly byte[] _seed = GC.AllocateUninitializedArray<byte>(SeedSize, pinned: true);

    private SigningKey(LibCrypto.KeyHandle key, PublicKey publicKey, ReadOnlySpan<byte> seed)
    {
        _key = key;
        PublicKey = publicKey;
        seed.CopyTo(_seed);
    }

    /// <summary>The public half, the wallet's address.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Makes a key of a new random seed.</summary>
    public static SigningKey Generate()
    {
        Span<byte> seed = stackalloc byte[SeedSize];
        try
        {
            RandomNumberGenerator.Fill(seed);
            return FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Makes the key of a seed. The caller keeps, and wipes, its own copy.</summary>
    /// <exception cref="ArgumentException">The seed has not 32 bytes.</exception>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize) throw new ArgumentException($"a seed has {SeedSize} bytes, not {seed.Length}", nameof(seed));

        var key = LibCrypto.NewPrivateKey(LibCrypto.Ed25519, 0, seed, SeedSize);
        Span<byte> publicKey = stackalloc byte[PublicKey.Size];
        nuint length = PublicKey.Size;
        if (!key.IsInvalid && LibCrypto.GetPublicKey(key, publicKey, ref length) == 1)
        {
            return new SigningKey(key, PublicKey.FromBytes(publicKey), seed);
        }

        key.Dispose();
        throw new CryptographicException("OpenSSL cannot make an Ed25519 key");
    }

    /// <summary>Makes the key of a Solana key file: 32 bytes of seed and the public key that belongs to it.</summary>
    /// <exception cref="ArgumentException">There are not 64 bytes, or the public half is not that of the seed.</exception>
    public static SigningKey FromSecretKeyBytes(ReadOnlySpan<byte> secretKey)
    {
        if (secretKey.Length != SecretKeySize)
        {
            throw new ArgumentException($"a secret key has {SecretKeySize} bytes, not {secretKey.Length}", nameof(secretKey));
        }

        var key = FromSeed(secretKey[..SeedSize]);
        if (key.PublicKey.AsSpan().SequenceEqual(secretKey[SeedSize..])) return key;

        key.Dispose();
        throw new ArgumentException(
            $"the public half of the secret key is {PublicKey.FromBytes(secretKey[SeedSize..])}, but its seed makes {key.PublicKey}",
            nameof(secretKey));
    }

    /// <summary>Signs a message.</summary>
    /// <param name="message">What is signed.</param>
    /// <param name="signature">Takes 64 bytes at its start.</param>
    /// <exception cref="ArgumentException">The destination is shorter than 64 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < Signature.Size)
        {
            throw new ArgumentException($"a signature needs {Signature.Size} bytes, not {signature.Length}", nameof(signature));
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        var context = Interlocked.Exchange(ref _spareContext, null) ?? LibCrypto.NewContext();
        try
        {
            nuint length = Signature.Size;
            if (!context.IsInvalid
                && LibCrypto.SignInit(context, 0, 0, 0, _key) == 1
                && LibCrypto.Sign(context, signature, ref length, message, (nuint)message.Length) == 1
                && length == Signature.Size)
            {
                return;
            }
        }
        finally
        {
            GiveBack(context);
        }

        LibCrypto.ClearErrors();
        throw new CryptographicException("OpenSSL refused to sign");
    }

    /// <summary>Signs a message.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public Signature Sign(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[Signature.Size];
        Sign(message, signature);
        return Signature.FromBytes(signature);
    }

    /// <summary>Copies the seed out, to be encrypted. The caller wipes the copy.</summary>
    /// <param name="seed">Takes 32 bytes at its start; should be pinned memory or the stack.</param>
    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void CopySeedTo(Span<byte> seed)
    {
        if (seed.Length < SeedSize) throw new ArgumentException($"a seed needs {SeedSize} bytes, not {seed.Length}", nameof(seed));

        ObjectDisposedException.ThrowIf(_disposed, this);
        _seed.CopyTo(seed);
    }

    /// <summary>Wipes the key, as soon as signatures under way on other threads are finished.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_seed);
        Interlocked.Exchange(ref _spareContext, null)?.Dispose();
        _key.Dispose();
    }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "[redacted]";

    private void GiveBack(LibCrypto.ContextHandle context)
    {
        if (context.IsInvalid) return;

        // The context holds a reference to the key: one put back after Dispose would keep the seed in memory.
        Interlocked.Exchange(ref _spareContext, context)?.Dispose();
        if (_disposed) Interlocked.Exchange(ref _spareContext, null)?.Dispose();
    }
}
