using System.Security.Cryptography;

namespace Cluster.Tests.Support.KeyVault;

/// <summary>One version of a key that the vault holds, with real key material.</summary>
internal sealed class VaultKeyVersion : IDisposable
{
    private readonly RSA? _rsa;
    private readonly Aes? _aes;

    public VaultKeyVersion(string keyType, int size)
    {
        KeyType = keyType;
        if (keyType.StartsWith("RSA", StringComparison.Ordinal))
        {
            _rsa = RSA.Create(size);
        }
        else
        {
            _aes = Aes.Create();
            _aes.KeySize = size;
            _aes.GenerateKey();
        }
    }

    public string Version { get; } = Guid.NewGuid().ToString("n");

    public string KeyType { get; }

    public bool Enabled { get; set; } = true;

    public string Algorithm => _rsa is null ? "A256KW" : "RSA-OAEP-256";

    public byte[] Wrap(byte[] plain)
    {
        lock (this)
        {
            return _rsa?.Encrypt(plain, RSAEncryptionPadding.OaepSHA256) ?? AesKeyWrap.Wrap(_aes!, plain);
        }
    }

    /// <summary>Null where this version did not wrap it.</summary>
    public byte[]? Unwrap(byte[] wrapped)
    {
        lock (this)
        {
            try
            {
                return _rsa is null ? AesKeyWrap.Unwrap(_aes!, wrapped) : _rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
            }
            catch (CryptographicException)
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _aes?.Dispose();
    }
}
