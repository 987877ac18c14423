using Cluster.Solana;

namespace Cluster.Silo.Keys.Opened;

/// <summary>Opens a wallet's key in the way in which it is kept.</summary>
/// <param name="envelope">Opens sealed ones.</param>
public sealed class WalletKeyOpener(KeyEnvelope envelope)
{
    /// <summary>Opens a key.</summary>
    /// <param name="stored">The wallet's row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">It does not open, or who keeps it is away.</exception>
    public async ValueTask<IWalletKey> Open(SealedKey stored, CancellationToken cancellationToken)
    {
        SigningKey key = await envelope.Open(stored, cancellationToken);
        return new InMemoryWalletKey(key);
    }
}
