using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cluster.Solana;

namespace Cluster.Silo.Keys;

/// <summary>
/// Seals and opens private keys: AES-256-GCM under a fresh data key, with wallet id and key version as associated data,
/// so that a sealed key moved to another wallet's row does not open. The data key is wrapped by the key-encryption key.
/// </summary>
/// <param name="keyEncryptionKey">Wraps data keys.</param>
public sealed class KeyEnvelope(IKeyEncryptionKey keyEncryptionKey)
{
    internal const int NonceSize = 12;
    internal const int TagSize = 16;
    internal const int CiphertextSize = NonceSize + SigningKey.SeedSize + TagSize;

    private const int DataKeySize = 32;

    private static ReadOnlySpan<byte> Purpose => "cluster/wallet-key/"u8;

    /// <summary>Seals a key.</summary>
    /// <param name="key">Stays the caller's.</param>
    /// <param name="walletId">Whose key.</param>
    /// <param name="version">From 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The key-encryption key is away or refused.</exception>
    public async ValueTask<SealedKey> Seal(SigningKey key, string walletId, int version, CancellationToken cancellationToken)
    {
        using var dataKey = SecretBytes.Random(DataKeySize);
        var wrapped = await keyEncryptionKey.Wrap(dataKey.Memory, cancellationToken);
        return new SealedKey(walletId, version, key.PublicKey, Encrypt(key, dataKey, walletId, version), wrapped, keyEncryptionKey.Id);
    }

    /// <summary>Opens a key.</summary>
    /// <param name="sealedKey">From <see cref="Seal"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The caller's, to be disposed.</returns>
    /// <exception cref="KeyException">It was sealed for another wallet, under another key, or is damaged; or the provider is away.</exception>
    public async ValueTask<SigningKey> Open(SealedKey sealedKey, CancellationToken cancellationToken)
    {
        if (sealedKey.KeyEncryptionKeyId != keyEncryptionKey.Id)
        {
            throw new KeyException(
                $"The key of wallet {sealedKey.WalletId} is wrapped under {sealedKey.KeyEncryptionKeyId}, and this process has {keyEncryptionKey.Id}.");
        }

        using var dataKey = new SecretBytes(DataKeySize);
        await keyEncryptionKey.Unwrap(sealedKey.WrappedDataKey, dataKey.Memory, cancellationToken);
        return Decrypt(sealedKey, dataKey);
    }

    private static byte[] Encrypt(SigningKey key, SecretBytes dataKey, string walletId, int version)
    {
        Span<byte> seed = stackalloc byte[SigningKey.SeedSize];
        var ciphertext = new byte[CiphertextSize];
        RandomNumberGenerator.Fill(ciphertext.AsSpan(0, NonceSize));
        try
        {
            key.CopySeedTo(seed);
            using var aes = new AesGcm(dataKey.Span, TagSize);
            aes.Encrypt(
                ciphertext.AsSpan(0, NonceSize),
                seed,
                ciphertext.AsSpan(NonceSize, SigningKey.SeedSize),
                ciphertext.AsSpan(NonceSize + SigningKey.SeedSize),
                AssociatedData(walletId, version));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }

        return ciphertext;
    }

    private static SigningKey Decrypt(SealedKey sealedKey, SecretBytes dataKey)
    {
        var ciphertext = sealedKey.Ciphertext.Span;
        if (ciphertext.Length != CiphertextSize)
        {
            throw new KeyException($"The sealed key of wallet {sealedKey.WalletId} has {ciphertext.Length} bytes instead of {CiphertextSize}: the row is damaged.");
        }

        Span<byte> seed = stackalloc byte[SigningKey.SeedSize];
        try
        {
            using var aes = new AesGcm(dataKey.Span, TagSize);
            aes.Decrypt(
                ciphertext[..NonceSize], ciphertext[NonceSize..^TagSize], ciphertext[^TagSize..], seed, AssociatedData(sealedKey.WalletId, sealedKey.Version));
            return Checked(SigningKey.FromSeed(seed), sealedKey);
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw new KeyException(
                $"The key of wallet {sealedKey.WalletId} (version {sealedKey.Version}) does not open: the row belongs to another wallet or version, or it is damaged.", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static SigningKey Checked(SigningKey key, SealedKey sealedKey)
    {
        if (key.PublicKey == sealedKey.PublicKey)
        {
            return key;
        }

        var opened = key.PublicKey;
        key.Dispose();
        throw new KeyException(
            $"The key of wallet {sealedKey.WalletId} opens to {opened}, and its row says {sealedKey.PublicKey}: the row was changed.");
    }

    private static byte[] AssociatedData(string walletId, int version)
    {
        var data = new byte[Purpose.Length + Encoding.UTF8.GetByteCount(walletId) + sizeof(int)];
        Purpose.CopyTo(data);
        Encoding.UTF8.GetBytes(walletId, data.AsSpan(Purpose.Length));
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(data.Length - sizeof(int)), version);
        return data;
    }
}
