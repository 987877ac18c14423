using System.Collections.Concurrent;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>
/// The versions of one key in a vault or managed HSM; the newest wraps. Which one that is gets looked up again now and
/// then beside the callers, who never wait for it.
/// </summary>
internal sealed class KeyVaultProvider(KeyVaultClient client, KeyVaultOptions options, TimeProvider time) : IKeyEncryptionKeyProvider
{
    private readonly ConcurrentDictionary<string, VaultKeyEncryptionKey> _versions = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private volatile Known? _known;
    private int _refreshing;

    public string Name => KeyOptions.VaultProvider;

    public string? Congestion => client.Congestion;

    public int? OperationsPerTenSeconds => options.OperationsPerTenSeconds;

    public async ValueTask<IKeyEncryptionKey> GetCurrent(CancellationToken cancellationToken)
    {
        if (_known is not { } known)
        {
            return await LookUp(cancellationToken);
        }

        if (time.GetElapsedTime(known.Since) > options.RefreshPeriod && Interlocked.Exchange(ref _refreshing, 1) == 0)
        {
            _ = RefreshBeside();
        }

        return known.Key;
    }

    public async ValueTask Refresh(CancellationToken cancellationToken) => await LookUp(cancellationToken);

    public IKeyEncryptionKey? Find(string id) => client.Key.TryGetVersion(id, out var version) ? Version(id, version) : null;

    public async ValueTask<IKeyEncryptionKey> Rotate(string replaced, CancellationToken cancellationToken)
    {
        var current = await LookUp(cancellationToken);
        return current.Id == replaced ? Take(await client.Rotate(cancellationToken)) : current;
    }

    public async ValueTask Disable(string id, CancellationToken cancellationToken)
    {
        if (client.Key.TryGetVersion(id, out var version))
        {
            await client.Disable(version, cancellationToken);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _changing.Dispose();
    }

    private async Task<IKeyEncryptionKey> LookUp(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return Take(await GetOrCreate(cancellationToken));
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task RefreshBeside()
    {
        try
        {
            await LookUp(_stop.Token);
        }
        catch (Exception error) when (error is KeyException or OperationCanceledException or ObjectDisposedException)
        {
            // The version that is known goes on wrapping; the next caller looks again.
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
        }
    }

    /// <summary>A key that was there once is not made again: what it wrapped would stay wrapped.</summary>
    private async Task<VaultKey> GetOrCreate(CancellationToken cancellationToken) =>
        options.CreateKeyType.Length == 0 || _known is not null
            ? await client.GetNewest(cancellationToken)
            : await client.FindNewest(cancellationToken) ?? await client.Create(options.CreateKeyType, cancellationToken);

    private VaultKeyEncryptionKey Take(VaultKey described)
    {
        if (!described.Enabled)
        {
            throw new KeyException($"The newest version of the key, {described.Id}, is disabled: enable it, or make a new version.");
        }

        var key = Version(described.Id, described.Version).Learn(described);
        _known = new Known(key, time.GetTimestamp());
        return key;
    }

    private VaultKeyEncryptionKey Version(string id, string version) =>
        _versions.GetOrAdd(version, static (version, parts) => new VaultKeyEncryptionKey(parts.client, parts.id, version), (client, id));

    private sealed record Known(VaultKeyEncryptionKey Key, long Since);
}
