using Cluster.Silo.Keys;

namespace Cluster.Tests.Silo.Keys.Opened;

/// <summary>Another ring's key, which unwraps when the test lets it.</summary>
internal sealed class SlowKey(KeyEncryptionKeyRing ring) : IKeyEncryptionKeyProvider, IKeyEncryptionKey
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _gate = Opened();
    private int _unwraps;

    public Task Asked => _asked.Task;

    public int Unwraps => _unwraps;

    public string Name => "slow";

    public string Id { get; private set; } = "";

    public string? Congestion => "4,096 operations wait for the vault";

    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _gate.SetResult();

    public async ValueTask<IKeyEncryptionKey> GetCurrent(CancellationToken cancellationToken)
    {
        Id = (await ring.GetCurrent(cancellationToken)).Id;
        return this;
    }

    public IKeyEncryptionKey? Find(string id) => ring.Find(id) is null ? null : this;

    public async ValueTask<byte[]> Wrap(ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        await (await ring.GetCurrent(cancellationToken)).Wrap(dataKey, cancellationToken);

    public async ValueTask Unwrap(ReadOnlyMemory<byte> wrapped, Memory<byte> dataKey, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _unwraps);
        _asked.TrySetResult();
        await _gate.Task.WaitAsync(cancellationToken);
        await (await ring.GetCurrent(cancellationToken)).Unwrap(wrapped, dataKey, cancellationToken);
    }

    public ValueTask<IKeyEncryptionKey> Rotate(string replaced, CancellationToken cancellationToken) => GetCurrent(cancellationToken);

    public ValueTask Disable(string id, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose()
    {
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
