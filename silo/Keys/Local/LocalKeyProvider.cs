namespace Cluster.Silo.Keys.Local;

/// <summary>Key-encryption keys from the configuration.</summary>
internal sealed class LocalKeyProvider : IKeyEncryptionKeyProvider
{
    private readonly LocalKeyEncryptionKey? _current;
    private readonly Dictionary<string, LocalKeyEncryptionKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Takes over keys.</summary>
    /// <param name="current">Wraps; null where all of them only unwrap.</param>
    /// <param name="former">Only unwrap.</param>
    public LocalKeyProvider(LocalKeyEncryptionKey? current, params IReadOnlyList<LocalKeyEncryptionKey> former)
    {
        _current = current;
        foreach (var key in current is null ? former : [current, .. former])
        {
            if (!_keys.TryAdd(key.Id, key))
            {
                key.Dispose();
            }
        }
    }

    public string Name => KeyOptions.LocalProvider;

    public ValueTask<IKeyEncryptionKey> GetCurrent(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IKeyEncryptionKey>(_current ?? throw new KeyException("No local key-encryption key is there to wrap with."));

    public IKeyEncryptionKey? Find(string id) => _keys.GetValueOrDefault(id);

    public async ValueTask<IKeyEncryptionKey> Rotate(string replaced, CancellationToken cancellationToken) => await GetCurrent(cancellationToken);

    /// <summary>Nothing: a key that nothing refers to is disabled by taking it out of the configuration.</summary>
    public ValueTask Disable(string id, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }
}
