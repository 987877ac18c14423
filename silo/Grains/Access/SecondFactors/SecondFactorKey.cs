using System.Security.Cryptography;
using System.Text;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Local;
using Microsoft.Extensions.Configuration;

namespace Cluster.Silo.Grains.Access.SecondFactors;

/// <summary>
/// The key under which secrets of second factors are encrypted. One of its own: gateways, which judge codes, need not be able
/// to open wallets. Read at first use, so that who enrols nobody needs none.
/// </summary>
internal sealed class SecondFactorKey(IConfiguration configuration) : IDisposable
{
    /// <summary>The setting that holds it, 32 bytes in base64 or hexadecimal.</summary>
    public const string Setting = "SECOND_FACTOR_KEY";

    private const int NonceSize = 12;
    private const int TagSize = 16;

    private static readonly StateKeyFile File = new(
        "second-factor.key", Setting, "encrypts second factors", "remove it, and have everybody enrol anew");

    private readonly Lazy<SecretBytes> _key = new(() => Read(configuration));

    /// <summary>A check value, which tells keys apart and gives nothing of them away.</summary>
    public string Id => Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value.Span, "cluster/second-factor-key-check-value"u8).AsSpan(0, 8));

    /// <summary>Encrypts a secret.</summary>
    /// <param name="secret">Stays the caller's.</param>
    /// <param name="principalId">Whose: for another it does not open.</param>
    public byte[] Seal(ReadOnlySpan<byte> secret, string principalId)
    {
        var sealedSecret = new byte[NonceSize + secret.Length + TagSize];
        var nonce = sealedSecret.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key.Value.Span, TagSize);
        aes.Encrypt(nonce, secret, sealedSecret.AsSpan(NonceSize, secret.Length), sealedSecret.AsSpan(NonceSize + secret.Length), AssociatedData(principalId));
        return sealedSecret;
    }

    /// <summary>Decrypts a secret.</summary>
    /// <param name="sealedSecret">From <see cref="Seal"/>.</param>
    /// <param name="principalId">Whose.</param>
    /// <param name="keyId">Of the key that it was encrypted under.</param>
    /// <returns>The caller's, to be disposed.</returns>
    /// <exception cref="KeyException">It is another's, or damaged, or of another key.</exception>
    public SecretBytes Open(ReadOnlySpan<byte> sealedSecret, string principalId, string keyId)
    {
        if (keyId != Id)
        {
            throw new KeyException($"The second factor of '{principalId}' is encrypted under the key {keyId}, and {Setting} is {Id}: set the key that was used, or have them enrol anew.");
        }

        if (sealedSecret.Length <= NonceSize + TagSize)
        {
            throw new KeyException($"The second factor of '{principalId}' is damaged: have them enrol anew.");
        }

        var secret = new SecretBytes(sealedSecret.Length - NonceSize - TagSize);
        try
        {
            using var aes = new AesGcm(_key.Value.Span, TagSize);
            aes.Decrypt(sealedSecret[..NonceSize], sealedSecret[NonceSize..^TagSize], sealedSecret[^TagSize..], secret.Span, AssociatedData(principalId));
            return secret;
        }
        catch (AuthenticationTagMismatchException error)
        {
            secret.Dispose();
            throw new KeyException($"The second factor of '{principalId}' does not open: its row is another's, or damaged. Have them enrol anew.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_key.IsValueCreated)
        {
            _key.Value.Dispose();
        }
    }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "[redacted]";

    private static SecretBytes Read(IConfiguration configuration) => configuration[Setting] is { Length: > 0 } text
        ? KeyEncryptionKeyText.Parse(text, Setting)
        : File.ReadOrMake(configuration["Cluster:StateDirectory"] ?? ".data");

    private static byte[] AssociatedData(string principalId) => Encoding.UTF8.GetBytes($"cluster/second-factor/{principalId}");
}
