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

    private readonly SenderClock _clock = new(time);
    private readonly ConcurrentDictionary<AccountSet, Entry> _cache = new();

    public async ValueTask<ulong> Get(ReadOnlyMemory<PublicKey> writable, CancellationToken ct)
    {
        var accounts = new AccountSet(writable.Length > MaxAccounts ? writable[..MaxAccounts] : writable);
        _cache.TryGetValue(accounts, out var known);
        if (known is not null && _clock.Now - known.At < FreshFor)
        {
            return known.MicroLamports;
        }

        try
        {
            var fees = await rpc.GetRecentPrioritizationFees(accounts.Keys, ct);
            return Keep(accounts, Price(fees));
        }
        catch (RpcException exception)
        {
            var fallback = known?.MicroLamports ?? options.PriorityFeeFloor;
            SenderLog.NoPriorityFees(logger, fallback, exception.Message);
            return Keep(accounts, fallback);
        }
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

    private sealed record Entry(ulong MicroLamports, TimeSpan At);

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
