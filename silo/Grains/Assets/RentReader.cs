using System.Collections.Concurrent;
using Cluster.Silo.Hosting;

namespace Cluster.Silo.Grains.Assets;

/// <summary>What accounts must hold to live, by the chain's own figures, which the network changes once in years.</summary>
/// <param name="chain">Is asked.</param>
/// <param name="time">Says how old an answer is.</param>
public sealed class RentReader(ChainReader chain, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(10);

    /// <summary>By the length of data: a handful of sizes of token accounts, and zero for wallets.</summary>
    private readonly ConcurrentDictionary<int, (ulong Lamports, long At)> _known = new();

    /// <summary>Lamports that an account with so many bytes of data must hold.</summary>
    /// <param name="dataLength">0 for a wallet.</param>
    /// <param name="cancellationToken">Gives up; the chain reader's deadline holds all the same.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.Unavailable"/>: no answer in time.</exception>
    public async ValueTask<ulong> MinimumBalance(int dataLength, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(dataLength, out var known) && time.GetElapsedTime(known.At) < FreshFor)
        {
            return known.Lamports;
        }

        var lamports = await chain.Ask(
            (rpc, stop) => rpc.GetMinimumBalanceForRentExemption(dataLength, default, stop), cancellationToken);
        _known[dataLength] = (lamports, time.GetTimestamp());
        return lamports;
    }
}
