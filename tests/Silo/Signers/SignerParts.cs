using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Opened;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Options;

namespace Cluster.Tests.Silo.Signers;

/// <summary>What signer grains of one process share.</summary>
internal sealed record SignerParts(WalletKeyStore Keys, KeySeals Seals, OpenedKeys Opened) : IDisposable
{
    public static SignerParts Of(Database database, KeyEncryptionKeyRing ring, Action<KeyOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new KeyOptions();
        configure?.Invoke(options);
        var clock = time ?? TimeProvider.System;
        var keys = new WalletKeyStore(database, clock);
        var envelope = new KeyEnvelope(ring);
        return new SignerParts(
            keys,
            new KeySeals(envelope, ring, Options.Create(options), clock),
            new OpenedKeys(keys, new WalletKeyOpener(envelope), ring, Options.Create(options), clock));
    }

    public SignerGrain Signer() => new(Keys, Seals, Opened);

    public void Dispose() => Opened.Dispose();
}
