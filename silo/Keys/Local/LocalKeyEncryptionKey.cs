using System.Security.Cryptography;

namespace Cluster.Silo.Keys.Local;

/// <summary>
/// A key-encryption key from the configuration, for development and small installations: whoever reads the process's
/// environment and the database has every wallet. Data keys are wrapped with AES-256-GCM.
/// </summary>
internal sealed class LocalKeyEncryptionKey : IKeyEncryptionKey, IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly SecretBytes _key;
    private readonly byte[] _associatedData;

    /// <summary>Takes over a key.</summary>
    /// <param name="key">32 bytes; wiped with this object.</param>
    public LocalKeyEncryptionKey(SecretBytes key)
    {
        _key = key;
        Id = "local:" + CheckValue(key.Span);
        _associatedData = System.Text.Encoding.UTF8.GetBytes("cluster/data-key/" + Id);
    }

    /// <summary><c>local:</c> and a check value, which tells keys apart and gives nothing of them away.</summary>
    public string Id { get; }

    public ValueTask<byte[]> Wrap(ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var wrapped = new byte[NonceSize + dataKey.Length + TagSize];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key.Span, TagSize);
        aes.Encrypt(
            wrapped.AsSpan(0, NonceSize),
            dataKey.Span,
            wrapped.AsSpan(NonceSize, dataKey.Length),
            wrapped.AsSpan(NonceSize + dataKey.Length),
            _associatedData);
        return ValueTask.FromResult(wrapped);
    }

    public ValueTask Unwrap(ReadOnlyMemory<byte> wrapped, Memory<byte> dataKey, CancellationToken cancellationToken)
    {
        if (wrapped.Length != NonceSize + dataKey.Length + TagSize)
        {
            throw new KeyException($"A wrapped data key has {wrapped.Length} bytes instead of {NonceSize + dataKey.Length + TagSize}: it was not wrapped by {Id}, or it is damaged.");
        }

        var span = wrapped.Span;
        using var aes = new AesGcm(_key.Span, TagSize);
        try
        {
            aes.Decrypt(span[..NonceSize], span[NonceSize..^TagSize], span[^TagSize..], dataKey.Span, _associatedData);
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw new KeyException($"A data key cannot be unwrapped by {Id}: it was wrapped under another key, or it is damaged.", error);
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose() => _key.Dispose();

    /// <summary>The id alone.</summary>
    public override string ToString() => Id;

    /// <summary>A keyed hash cut to 64 bits: nobody finds a key of 256 random bits by it.</summary>
    private static string CheckValue(ReadOnlySpan<byte> key)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, "cluster/key-check-value"u8, mac);
        return Convert.ToHexStringLower(mac[..8]);
    }
}
