using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Assets;

/// <summary>Reads mints from the chain and refuses those that cannot be paid.</summary>
/// <param name="chain">Reads accounts.</param>
public sealed class MintReader(ChainReader chain)
{
    /// <summary>A mint as it is now.</summary>
    /// <param name="mint">What was given as the mint.</param>
    /// <param name="cancellationToken">Gives up; the chain reader's deadline holds all the same.</param>
    /// <param name="since">The slot that the answer must not be older than.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.FailedPrecondition"/>: it cannot be paid; <see cref="StatusCode.Unavailable"/>: no answer in time.
    /// </exception>
    public async Task<MintInfo> Read(PublicKey mint, CancellationToken cancellationToken, ulong since = 0)
    {
        var (_, accounts) = await chain.ReadAccounts([mint, Sysvars.Clock], cancellationToken, since);
        return MintPolicy.Require(mint, accounts[0], Sysvars.Epoch(accounts[1]));
    }
}
