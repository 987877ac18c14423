namespace Cluster.Silo.Keys;

/// <summary>
/// The key under which the data keys of all wallets are wrapped. It may live in this process (local) or in a vault that
/// never gives it out; whoever implements this sees data keys, never a wallet's private key.
/// </summary>
public interface IKeyEncryptionKey
{
    /// <summary>
    /// Names key and version, and is stored beside what is wrapped: the same id always unwraps it. Never a secret.
    /// </summary>
    string Id { get; }

    /// <summary>Wraps a data key.</summary>
    /// <param name="dataKey">32 bytes; not kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away or refused.</exception>
    ValueTask<byte[]> Wrap(ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken);

    /// <summary>Unwraps a data key into the caller's memory.</summary>
    /// <param name="wrapped">From <see cref="Wrap"/>.</param>
    /// <param name="dataKey">Takes 32 bytes; pinned memory that the caller wipes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away or refused, or this was wrapped under another key.</exception>
    ValueTask Unwrap(ReadOnlyMemory<byte> wrapped, Memory<byte> dataKey, CancellationToken cancellationToken);
}
