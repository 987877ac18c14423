using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>What to offer for landing soon, by what others paid lately for the same accounts.</summary>
internal sealed class PriorityFees(ISolanaRpc rpc, SolanaOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>The most accounts that nodes take.</summary>
    private const int MaxAccounts = 128;

    /// <summary>Sets of accounts remembered; beyond it all are asked for anew.</summary>
    private const int MaxCached = 1024;

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    /// <summary>A fee is advice: a payment waits for it no longer than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SenderClock _clock = new(time);
    private readonly ConcurrentDictionary<AccountSet, Entry> _cache = new();

    public async ValueTask<ulong> Get(ReadOnlyMemory<PublicKey> writable, CancellationToken ct)
    {
        var accounts = new AccountSet(writable.Length > MaxAccounts ? writable[..MaxAccounts] : writable);
        if (_cache.TryGetValue(accounts, out var known) && (_clock.Now - known.At < FreshFor || !known.TryRefresh()))
        {
            return known.MicroLamports;
        }

        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return Keep(accounts, Price(await rpc.GetRecentPrioritizationFees(accounts.Keys, either.Token)));
        }
        catch (RpcException exception)
        {
            return Keep(accounts, Fallback(known, exception.Message));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Keep(accounts, Fallback(known, $"no answer within {Patience.TotalSeconds} s"));
        }
        finally
        {
            known?.EndRefresh();
        }
    }

    private ulong Fallback(Entry? known, string reason)
    {
        var fallback = known?.MicroLamports ?? options.PriorityFeeFloor;
        SenderLog.NoPriorityFees(logger, fallback, reason);
        return fallback;
    }

    private ulong Price(IReadOnlyList<PrioritizationFee> fees)
    {
        var paid = fees.Select(fee => fee.MicroLamports).Order().ToArray();
        var offered = paid.Length == 0 ? 0 : paid[(paid.Length - 1) * options.PriorityFeePercentile / 100];
        return Math.Clamp(offered, options.PriorityFeeFloor, options.PriorityFeeCap);
    }

    private ulong Keep(AccountSet accounts, ulong microLamports)
    {
        if (_cache.Count >= MaxCached)
        {
            _cache.Clear();
        }

        // The caller may reuse its memory: the cache has a copy of the keys.
        _cache[new AccountSet(accounts.Keys.ToArray())] = new Entry(microLamports, _clock.Now);
        return microLamports;
    }

    private sealed class Entry(ulong microLamports, TimeSpan at)
    {
        private int _refreshing;

        public ulong MicroLamports => microLamports;

        public TimeSpan At => at;

        /// <summary>True for the one caller that asks anew; the others take the old price meanwhile.</summary>
        public bool TryRefresh() => Interlocked.Exchange(ref _refreshing, 1) == 0;

        public void EndRefresh() => Volatile.Write(ref _refreshing, 0);
    }

    private readonly struct AccountSet(ReadOnlyMemory<PublicKey> keys) : IEquatable<AccountSet>
    {
        public ReadOnlyMemory<PublicKey> Keys { get; } = keys;

        public bool Equals(AccountSet other) => Keys.Span.SequenceEqual(other.Keys.Span);

        public override bool Equals(object? obj) => obj is AccountSet other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var key in Keys.Span)
            {
                hash.Add(key);
            }

            return hash.ToHashCode();
        }
    }
}
