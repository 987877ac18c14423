using System.Collections.Concurrent;
using System.Collections.Frozen;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Storage.Access;

namespace Cluster.Gateway.Access;

/// <summary>
/// The valid keys, in memory, read anew every few seconds. No request waits for the database, a flood of invented keys
/// never reaches it, and a revoked key ends within the refresh period.
/// </summary>
internal sealed class KeyRing(ApiKeyStore store, AccessOptions options, TimeProvider time) : IDisposable
{
    /// <summary>
    /// For how long keys are trusted that could not be read anew because the database is away: long enough for its
    /// restart, short enough for a revocation not to be kept from taking effect.
    /// </summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, RequestSlots> _slots = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile Snapshot _snapshot = new(FrozenDictionary<string, Held>.Empty, long.MinValue);

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

    /// <summary>Finds the holder of a key by its id, with the hash that the presented text must have.</summary>
    public bool TryFind(ReadOnlySpan<char> keyId, out Held held) =>
        _snapshot.Keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(keyId, out held);

    /// <summary>Reads the keys now: what was added or revoked before this call is known after it.</summary>
    public async Task Refresh(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            var readAt = time.GetTimestamp();
            var stored = await store.ListUnrevoked(cancellationToken);
            _snapshot = new Snapshot(
                stored.ToFrozenDictionary(key => key.KeyId, Hold, StringComparer.Ordinal),
                readAt);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private Held Hold(ApiKey key) => new(
        key.KeyHash,
        new Principal(
            key.KeyId,
            key.Name,
            PermissionSet.Of(key.Permissions),
            key.ExpiresAt,
            _slots.GetOrAdd(key.KeyId, static (_, capacity) => new RequestSlots(capacity), options.MaxRequestsPerKey)));

    /// <summary>A key's hash beside its holder.</summary>
    public readonly record struct Held(ReadOnlyMemory<byte> Hash, Principal Principal);

    private sealed record Snapshot(FrozenDictionary<string, Held> Keys, long ReadAt);
}
