using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Opened;
using Cluster.Silo.Keys.Pkcs11;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Options;

namespace Cluster.Tests.Silo.Signers;

/// <summary>What signer grains of one process share.</summary>
internal sealed record SignerParts(WalletKeyStore Keys, KeySeals Seals, HsmKeys Hsm, OpenedKeys Opened) : IDisposable
{
    public static SignerParts Of(Database database, KeyEncryptionKeyRing ring, Action<KeyOptions>? configure = null, TimeProvider? time = null, string? pin = null)
    {
        var options = new KeyOptions();
        configure?.Invoke(options);
        var clock = time ?? TimeProvider.System;
        var keys = new WalletKeyStore(database, clock);
        var envelope = new KeyEnvelope(ring);
        var hsm = new HsmKeys(options.Pkcs11, pin);
        return new SignerParts(
            keys,
            new KeySeals(envelope, ring, Options.Create(options), clock),
            hsm,
            new OpenedKeys(keys, new WalletKeyOpener(envelope, hsm), ring, Options.Create(options), clock));
    }

    public SignerGrain Signer() => new(Keys, Seals, Hsm, Opened);

    public void Dispose()
    {
        Opened.Dispose();
        Hsm.Dispose();
    }
}
