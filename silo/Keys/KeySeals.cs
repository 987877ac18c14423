using Cluster.Silo.Hosting;
using Cluster.Solana;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Keys;

/// <summary>Seals new keys within a turn: where the key-encryption key does not answer in time, the call is refused and nothing was done.</summary>
/// <param name="envelope">Seals.</param>
/// <param name="ring">Says what callers wait for.</param>
/// <param name="options">The deadline.</param>
/// <param name="time">The clock.</param>
public sealed class KeySeals(KeyEnvelope envelope, KeyEncryptionKeyRing ring, IOptions<KeyOptions> options, TimeProvider time)
{
    /// <summary>Seals a key.</summary>
    /// <param name="key">Stays the caller's.</param>
    /// <param name="walletId">Whose key.</param>
    /// <param name="version">From 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.Unavailable"/>: the key-encryption key is away or busy; <see cref="StatusCode.FailedPrecondition"/>: it refused.
    /// </exception>
    public Task<SealedKey> Seal(SigningKey key, string walletId, int version, CancellationToken cancellationToken) => KeyErrors.WithinTurn(
        stop => envelope.Seal(key, walletId, version, stop), options.Value.Opened.Deadline, time, () => ring.Congestion, cancellationToken);
}
