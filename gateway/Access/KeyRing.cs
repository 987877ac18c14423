using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Storage.Access;

namespace Cluster.Gateway.Access;

/// <summary>
/// The keys that were not revoked and what they open, in memory: read anew when PostgreSQL tells of a change, and every
/// few seconds whether it does or not. No request waits for the database, a flood of invented keys never reaches it, and
/// a revoked key ends at once, or within the refresh period where the telling was lost.
/// </summary>
internal sealed class KeyRing(AccessStore store, AccessOptions options, TimeProvider time) : IDisposable
{
    /// <summary>
    /// For how long keys are trusted that could not be read anew because the database is away: long enough for its
    /// restart, short enough for a revocation not to be kept from taking effect.
    /// </summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, RequestSlots> _slots = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile Snapshot _snapshot = new(FrozenDictionary<string, Principal>.Empty, FrozenDictionary<string, Principal>.Empty, long.MinValue, Version: 0);

    /// <summary>How many keys there are.</summary>
    public int Count => _snapshot.Keys.Count;

    /// <summary>Whether the keys are recent enough to be trusted.</summary>
    public bool IsTrusted
    {
        get
        {
            var readAt = _snapshot.ReadAt;
            return readAt != long.MinValue && time.GetElapsedTime(readAt) <= Trust;
        }
    }

    /// <summary>Finds the holder of a key by its id; the key holds the hash that the presented text must have.</summary>
    public bool TryFind(ReadOnlySpan<char> keyId, [NotNullWhen(true)] out Principal? principal) =>
        _snapshot.Keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(keyId, out principal);

    /// <summary>Finds the holder of a client certificate by the hash that it is known by.</summary>
    public bool TryFindCertificate(ReadOnlySpan<byte> hash, [NotNullWhen(true)] out Principal? principal) =>
        _snapshot.Certificates.TryGetValue(Convert.ToHexString(hash), out principal);

    /// <summary>Reads the keys now: what was added or revoked before this call is known after it.</summary>
    public async Task Refresh(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            var readAt = time.GetTimestamp();
            var known = _snapshot;
            if (known.ReadAt != long.MinValue && await store.ReadVersion(cancellationToken) == known.Version)
            {
                _snapshot = known with { ReadAt = readAt };
                return;
            }

            var book = await store.Load(cancellationToken);
            var byKind = book.Keys.Values.ToLookup(key => key.Kind);
            _snapshot = new Snapshot(
                byKind[ApiKeyKind.Secret].ToFrozenDictionary(key => key.KeyId, key => Hold(key, book), StringComparer.Ordinal),
                byKind[ApiKeyKind.Certificate].ToFrozenDictionary(key => Convert.ToHexString(key.KeyHash.Span), key => Hold(key, book), StringComparer.Ordinal),
                readAt,
                book.Version);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private Principal Hold(ApiKey key, AccessBook book) => new(
        key,
        Grants.Of(book.Bindings[key.PrincipalId], key.Permissions),
        _slots.GetOrAdd(key.KeyId, static (_, capacity) => new RequestSlots(capacity), options.MaxRequestsPerKey));

    private sealed record Snapshot(
        FrozenDictionary<string, Principal> Keys, FrozenDictionary<string, Principal> Certificates, long ReadAt, long Version);
}
