using System.Security.Cryptography;
using Cluster.Silo.Keys;

namespace Cluster.Silo.Storage.Audit;

/// <summary>A key under which audit rows and seals have their MACs (HMAC-SHA256). It encrypts nothing.</summary>
public sealed class AuditKey : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    /// <summary>Bytes of a MAC.</summary>
    public const int MacSize = HMACSHA256.HashSizeInBytes;

    private readonly SecretBytes _key;

    /// <summary>Takes over a key.</summary>
    /// <param name="key">32 bytes; wiped with this object.</param>
    internal AuditKey(SecretBytes key)
    {
        _key = key;
        Span<byte> mac = stackalloc byte[MacSize];
        HMACSHA256.HashData(key.Span, "cluster/audit-key-check-value"u8, mac);
        Id = Convert.ToHexStringLower(mac[..8]);
    }

    /// <summary>A check value, which tells keys apart and gives nothing of them away.</summary>
    public string Id { get; }

    /// <summary>The MAC over what was written down unambiguously.</summary>
    /// <param name="content">See <see cref="MacContent"/>.</param>
    internal byte[] Mac(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_key.Span, content);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>The id alone.</summary>
    public override string ToString() => $"{Id} [redacted]";
}
