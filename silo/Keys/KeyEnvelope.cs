using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cluster.Solana;

namespace Cluster.Silo.Keys;

/// <summary>
/// Seals and opens private keys: AES-256-GCM under a fresh data key, with wallet id and key version as associated data,
/// so that a sealed key moved to another wallet's row does not open. The data key is wrapped by the current key-encryption
/// key and unwrapped by the one that is recorded beside it.
/// </summary>
/// <param name="ring">Wraps and unwraps data keys.</param>
public sealed class KeyEnvelope(KeyEncryptionKeyRing ring)
{
    internal const int NonceSize = 12;
    internal const int TagSize = 16;
    internal const int CiphertextSize = NonceSize + SigningKey.SeedSize + TagSize;

    private const int DataKeySize = 32;

    /// <summary>How many versions to either side are tried to say why a key does not open.</summary>
    private const int VersionsToCompare = 16;

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
        var (wrapped, wrappedBy) = await ring.Wrap(dataKey.Memory, cancellationToken);
        return new SealedKey(walletId, version, key.PublicKey, Encrypt(key, dataKey, walletId, version), wrapped, wrappedBy);
    }

    /// <summary>Opens a key.</summary>
    /// <param name="sealedKey">From <see cref="Seal"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The caller's, to be disposed.</returns>
    /// <exception cref="KeyException">It was sealed for another wallet, under another key, or is damaged; or the provider is away.</exception>
    public async ValueTask<SigningKey> Open(SealedKey sealedKey, CancellationToken cancellationToken)
    {
        using var dataKey = await Unwrap(sealedKey, cancellationToken);
        return Decrypt(sealedKey, dataKey);
    }

    /// <summary>Wraps the data key of a sealed key anew; the wallet's key itself stays encrypted.</summary>
    /// <param name="sealedKey">From <see cref="Seal"/>.</param>
    /// <param name="target">The key-encryption key from now on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">It was wrapped under another key than is recorded, or is damaged; or a provider is away.</exception>
    public async ValueTask<SealedKey> Rewrap(SealedKey sealedKey, IKeyEncryptionKey target, CancellationToken cancellationToken)
    {
        using var dataKey = await Unwrap(sealedKey, cancellationToken);

        // What does not open under this data key is damaged: it must be noticed while the older key is still there.
        Decrypt(sealedKey, dataKey).Dispose();
        var wrapped = await target.Wrap(dataKey.Memory, cancellationToken);
        return sealedKey with { WrappedDataKey = wrapped, KeyEncryptionKeyId = target.Id };
    }

    private async ValueTask<SecretBytes> Unwrap(SealedKey sealedKey, CancellationToken cancellationToken)
    {
        var recorded = ring.Find(sealedKey.KeyEncryptionKeyId)
            ?? throw new KeyException(
                $"The key of wallet {sealedKey.WalletId} is wrapped under {sealedKey.KeyEncryptionKeyId}, which this process does not have.");
        var dataKey = new SecretBytes(DataKeySize);
        try
        {
            await recorded.Unwrap(sealedKey.WrappedDataKey, dataKey.Memory, cancellationToken);
            return dataKey;
        }
        catch
        {
            dataKey.Dispose();
            throw;
        }
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
                $"The key of wallet {sealedKey.WalletId} (version {sealedKey.Version}) does not open: {WhyNot(sealedKey, dataKey)}.", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>A row that was put back from an older version is told from one that is damaged or another wallet's.</summary>
    private static string WhyNot(SealedKey sealedKey, SecretBytes dataKey)
    {
        var ciphertext = sealedKey.Ciphertext.Span;
        Span<byte> seed = stackalloc byte[SigningKey.SeedSize];
        using var aes = new AesGcm(dataKey.Span, TagSize);
        for (var version = Math.Max(1, sealedKey.Version - VersionsToCompare); version <= sealedKey.Version + VersionsToCompare; version++)
        {
            try
            {
                aes.Decrypt(
                    ciphertext[..NonceSize], ciphertext[NonceSize..^TagSize], ciphertext[^TagSize..], seed, AssociatedData(sealedKey.WalletId, version));
                return $"what stands in the row is the wallet's key of version {version}";
            }
            catch (AuthenticationTagMismatchException)
            {
                continue;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(seed);
            }
        }

        return "the row belongs to another wallet, or it is damaged";
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
