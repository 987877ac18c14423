using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Keys.Opened;

/// <summary>
/// The wallets' keys that are open in this process, for signer grains alone. A key is opened once for all who ask at the
/// same time, lives a bounded time, and is wiped when it leaves. Opening goes on when a caller's patience has ended.
/// </summary>
public sealed class OpenedKeys : IDisposable
{
    private const int MaxTries = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenedKey> _opened = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<OpenedKey>> _opening = new(StringComparer.Ordinal);
    private readonly WalletKeyStore _keys;
    private readonly WalletKeyOpener _opener;
    private readonly KeyEncryptionKeyRing _ring;
    private readonly TimeProvider _time;
    private readonly OpenedKeyOptions _options;
    private readonly ITimer _sweeper;
    private readonly CancellationTokenSource _stop = new();
    private long _clears;

    /// <summary>Nothing is open yet.</summary>
    /// <param name="keys">Sealed keys.</param>
    /// <param name="opener">Opens them.</param>
    /// <param name="ring">Says what callers wait for.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    public OpenedKeys(WalletKeyStore keys, WalletKeyOpener opener, KeyEncryptionKeyRing ring, IOptions<KeyOptions> options, TimeProvider time)
    {
        (_keys, _opener, _ring, _time, _options) = (keys, opener, ring, time, options.Value.Opened);
        var period = _options.TimeToLive / 8;
        _sweeper = time.CreateTimer(static self => ((OpenedKeys)self!).EvictExpired(), this, period, period);
    }

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _opened.Count;
            }
        }
    }

    /// <summary>Lends a wallet's key, opening it first where it has to be.</summary>
    /// <param name="walletId">Whose.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.NotFound"/>: the wallet has no key; <see cref="StatusCode.Unavailable"/>: it is not open yet;
    /// <see cref="StatusCode.FailedPrecondition"/>: it does not open.
    /// </exception>
    public async ValueTask<KeyLease> Borrow(string walletId, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (TryBorrow(walletId, out var lease))
            {
                return lease;
            }

            // One that is evicted the moment it was opened is opened again.
            var opened = await Await(walletId, Opening(walletId), cancellationToken);
            if (opened.TryLend(_time.GetTimestamp(), out lease))
            {
                return lease;
            }
        }

        throw new ClusterException(StatusCode.Unavailable, $"opened keys are being cleared again and again; that of wallet {walletId} is not open. Try again.");
    }

    /// <summary>Lends again what was lent before, unless it has left meanwhile.</summary>
    /// <param name="opened">From an earlier lease; may be null.</param>
    /// <param name="lease">To be disposed.</param>
    internal bool TryBorrow(OpenedKey? opened, out KeyLease lease)
    {
        lease = default;
        return opened is not null && opened.TryLend(_time.GetTimestamp(), out lease);
    }

    /// <summary>Wipes every key; those lent are wiped when they come back.</summary>
    /// <returns>How many were open.</returns>
    public int Clear()
    {
        List<OpenedKey> all;
        lock (_gate)
        {
            _clears++;
            all = [.. _opened.Values];
            _opened.Clear();
        }

        all.ForEach(opened => opened.Evict());
        return all.Count;
    }

    /// <summary>Wipes one wallet's key, for example because it has another one now.</summary>
    /// <param name="walletId">Whose.</param>
    public void Evict(string walletId)
    {
        OpenedKey? opened;
        lock (_gate)
        {
            _clears++;
            _opened.Remove(walletId, out opened);
        }

        opened?.Evict();
    }

    /// <summary>Wipes all.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _sweeper.Dispose();
        Clear();
        _stop.Dispose();
    }

    private bool TryBorrow(string walletId, out KeyLease lease)
    {
        lock (_gate)
        {
            lease = default;
            return _opened.TryGetValue(walletId, out var opened) && opened.TryLend(_time.GetTimestamp(), out lease);
        }
    }

    private Task<OpenedKey> Opening(string walletId)
    {
        lock (_gate)
        {
            if (_opening.TryGetValue(walletId, out var opening))
            {
                return opening;
            }

            if (_opening.Count >= _options.MaxOpening)
            {
                throw new ClusterException(StatusCode.Unavailable, $"{_opening.Count:N0} keys are being opened, as many as may be{Figures()}. Try again.");
            }

            opening = Task.Run(() => Open(walletId));
            _opening.Add(walletId, opening);
            return opening;
        }
    }

    private async Task<OpenedKey> Open(string walletId)
    {
        var clears = Interlocked.Read(ref _clears);
        try
        {
            var stored = await _keys.Find(walletId, _stop.Token)
                ?? throw new ClusterException(StatusCode.NotFound, $"there is no wallet {walletId}.");
            var opened = new OpenedKey(walletId, await _opener.Open(stored, _stop.Token), _time.GetTimestamp());
            Keep(opened, clears);
            return opened;
        }
        finally
        {
            lock (_gate)
            {
                _opening.Remove(walletId);
            }
        }
    }

    private void Keep(OpenedKey opened, long clears)
    {
        OpenedKey? leaving = opened;
        lock (_gate)
        {
            // What was asked for before a clear must not survive it.
            if (clears == _clears && !_stop.IsCancellationRequested)
            {
                leaving = _opened.Count >= _options.MaxKeys ? _opened.Values.MinBy(each => each.UsedAt) : null;
                if (leaving is not null)
                {
                    _opened.Remove(leaving.WalletId);
                }

                _opened[opened.WalletId] = opened;
            }
        }

        leaving?.Evict();
    }

    private async Task<OpenedKey> Await(string walletId, Task<OpenedKey> opening, CancellationToken cancellationToken)
    {
        try
        {
            return await opening.WaitAsync(_options.Deadline, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ClusterException(
                StatusCode.Unavailable,
                $"the key of wallet {walletId} is not open after {_options.Deadline.TotalMilliseconds:N0} ms{Figures()}. It goes on being opened; try again.");
        }
        catch (KeyException error)
        {
            throw error.ToClusterException();
        }
    }

    private string Figures() => _ring.Congestion is { } figures ? $" ({figures})" : "";

    private void EvictExpired()
    {
        List<OpenedKey> expired;
        lock (_gate)
        {
            expired = [.. _opened.Values.Where(opened => _time.GetElapsedTime(opened.OpenedAt) >= _options.TimeToLive)];
            expired.ForEach(opened => _opened.Remove(opened.WalletId));
        }

        expired.ForEach(opened => opened.Evict());
    }
}
