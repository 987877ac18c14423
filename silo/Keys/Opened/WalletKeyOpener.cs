using Cluster.Silo.Keys.Pkcs11;

namespace Cluster.Silo.Keys.Opened;

/// <summary>Opens a wallet's key in the way in which it is kept.</summary>
/// <param name="envelope">Opens sealed ones.</param>
/// <param name="hsm">Has those that an HSM keeps.</param>
public sealed class WalletKeyOpener(KeyEnvelope envelope, HsmKeys hsm)
{
    /// <summary>Opens a key.</summary>
    /// <param name="stored">The wallet's row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">It does not open, or who keeps it is away.</exception>
    public async ValueTask<IWalletKey> Open(SealedKey stored, CancellationToken cancellationToken) => HsmKeys.IsHsmKey(stored.KeyEncryptionKeyId)
        ? hsm.Open(stored)
        : new InMemoryWalletKey(await envelope.Open(stored, cancellationToken));
}
