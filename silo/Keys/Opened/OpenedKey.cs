namespace Cluster.Silo.Keys.Opened;

/// <summary>
/// A key that is open, lent to those who sign with it. It is wiped as soon as it has been evicted and nobody has it any
/// more, so that a signature under way is finished and no other begins.
/// </summary>
/// <param name="walletId">Whose.</param>
/// <param name="key">Wiped with the last lease.</param>
/// <param name="openedAt">Timestamp.</param>
internal sealed class OpenedKey(string walletId, IWalletKey key, long openedAt)
{
    private const int Evicted = 1 << 30;

    /// <summary>How many have it, and whether it was evicted.</summary>
    private int _state;

    internal string WalletId => walletId;

    internal long OpenedAt { get; } = openedAt;

    /// <summary>Timestamp of the last lease.</summary>
    internal long UsedAt { get; private set; } = openedAt;

    internal IWalletKey Key => key;

    /// <summary>Takes a lease; false where the key was evicted.</summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="lease">To be disposed.</param>
    internal bool TryLend(long now, out KeyLease lease)
    {
        if (Interlocked.Increment(ref _state) < Evicted)
        {
            UsedAt = now;
            lease = new KeyLease(this);
            return true;
        }

        GiveBack();
        lease = default;
        return false;
    }

    internal void GiveBack()
    {
        if (Interlocked.Decrement(ref _state) == Evicted)
        {
            key.Dispose();
        }
    }

    /// <summary>Ends it; the second time nothing happens.</summary>
    internal void Evict()
    {
        // Held for the moment, so that whoever gives back last wipes it; to wipe twice does no harm.
        Interlocked.Increment(ref _state);
        Interlocked.Or(ref _state, Evicted);
        GiveBack();
    }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "[redacted]";
}

/// <summary>The right to sign with an opened key until it is disposed.</summary>
public readonly struct KeyLease : IDisposable
{
    private readonly OpenedKey _opened;

    internal KeyLease(OpenedKey opened) => _opened = opened;

    /// <summary>The key.</summary>
    public IWalletKey Key => _opened.Key;

    /// <summary>What was lent; for whoever wants to borrow it again without a look-up.</summary>
    internal OpenedKey Opened => _opened;

    /// <summary>Gives it back.</summary>
    public void Dispose() => _opened?.GiveBack();

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "[redacted]";
}
