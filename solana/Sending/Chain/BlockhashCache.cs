using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>
/// The newest blockhash, refreshed in the background while it is in demand, so that signing waits for no node.
/// </summary>
internal sealed class BlockhashCache(ISolanaRpc rpc, SolanaOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Nobody asked for so long: refreshing stops until somebody does.</summary>
    private static readonly TimeSpan DemandLasts = TimeSpan.FromMinutes(1);

    /// <summary>A blockhash lives 150 blocks: one this many slots old still leaves time to land.</summary>
    private const int FreshSlots = 40;

    private readonly TimeSpan _maxAge =
        options.BlockhashMaxAge < options.SlotDuration * FreshSlots ? options.BlockhashMaxAge : options.SlotDuration * FreshSlots;

    private readonly SenderClock _clock = new(time);
    private readonly SemaphoreSlim _asking = new(1);
    private volatile Entry? _entry;
    private long _lastDemand = -DemandLasts.Ticks;
    private ulong _finalizedHeight;

    public void Dispose() => _asking.Dispose();

    /// <summary>How long ago the newest blockhash was read; null while there is none.</summary>
    public TimeSpan? Age => _entry is { } entry ? _clock.Now - entry.At : null;

    /// <summary>At once while the cached one is fresh; else as soon as a node answers.</summary>
    public ValueTask<RecentBlockhash> Get(CancellationToken ct)
    {
        Volatile.Write(ref _lastDemand, _clock.Now.Ticks);
        return Fresh() is { } blockhash ? new ValueTask<RecentBlockhash>(blockhash) : new ValueTask<RecentBlockhash>(Fetch(ct));
    }

    /// <summary>
    /// A height is finalized. Whoever signs anew because a blockhash has expired must not be given that blockhash again,
    /// however short a while ago it was read: a node that was stuck may have jumped ahead.
    /// </summary>
    public void OnFinalized(ulong blockHeight)
    {
        if (blockHeight > Volatile.Read(ref _finalizedHeight))
        {
            Volatile.Write(ref _finalizedHeight, blockHeight);
        }
    }

    /// <summary>Refreshes until cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        var interval = options.BlockhashRefresh < _maxAge / 2 ? options.BlockhashRefresh : _maxAge / 2;
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            if (_clock.Now.Ticks - Volatile.Read(ref _lastDemand) < DemandLasts.Ticks)
            {
                await Refresh(ct);
            }
        }
    }

    private RecentBlockhash? Fresh() =>
        _entry is { } entry
        && _clock.Now - entry.At < _maxAge
        && entry.Blockhash.LastValidBlockHeight > Volatile.Read(ref _finalizedHeight)
            ? entry.Blockhash
            : null;

    private async Task<RecentBlockhash> Fetch(CancellationToken ct)
    {
        await _asking.WaitAsync(ct);
        try
        {
            // Whoever waited for another's question takes its answer.
            return Fresh() ?? Keep(await rpc.GetLatestBlockhash(RpcQuery.Confirmed, ct));
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task Refresh(CancellationToken ct)
    {
        try
        {
            Keep(await rpc.GetLatestBlockhash(RpcQuery.Confirmed, ct));
        }
        catch (RpcException exception)
        {
            SenderLog.NoBlockhash(logger, exception.Message);
        }
    }

    /// <summary>Keeps the newer of two: a node that lags must not take the cache back in time.</summary>
    private RecentBlockhash Keep(RecentBlockhash blockhash)
    {
        var known = Fresh();
        if (known is not null && known.Value.Slot > blockhash.Slot)
        {
            return known.Value;
        }

        _entry = new Entry(blockhash, _clock.Now);
        return blockhash;
    }

    private sealed record Entry(RecentBlockhash Blockhash, TimeSpan At);
}
