using Cluster.Silo.Storage.Schema;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Keys;

/// <summary>
/// Stops the start where the key-encryption key is missing or is not the one under which the wallets' keys of this
/// database are wrapped: better no cluster than one that makes wallets it cannot open tomorrow.
/// </summary>
internal sealed class KeySelfTest(
    KeyEncryptionKeyRing ring,
    KeyEnvelope envelope,
    WalletKeyStore keys,
    SchemaMigrator migrator,
    IOptions<KeyOptions> options,
    ILogger<KeySelfTest> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var current = await ring.Prove(cancellationToken);
        await migrator.Migrate(cancellationToken);
        foreach (var used in await keys.CountByKeyEncryptionKey(cancellationToken))
        {
            await RequireUsable(used, current, cancellationToken);
        }

        KeyLog.Ready(logger, current.Id);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>One wallet's key of each key-encryption key is opened: a key that has the right id and the wrong bytes is found now.</summary>
    private async Task RequireUsable(KeyEncryptionKeyUse used, IKeyEncryptionKey current, CancellationToken cancellationToken)
    {
        if (ring.Find(used.KeyEncryptionKeyId) is not null)
        {
            if (await keys.FindWrappedUnder(used.KeyEncryptionKeyId, cancellationToken) is { } own)
            {
                (await envelope.Open(own, cancellationToken)).Dispose();
            }
        }
        else if (options.Value.StartWithoutFormerKeys)
        {
            KeyLog.Missing(logger, used.KeyEncryptionKeyId, used.Keys);
        }
        else
        {
            throw new KeyException(
                $"The key-encryption key is {current.Id}, and {used.Keys:N0} wallets' keys in this database are wrapped under {used.KeyEncryptionKeyId}, which this process does not have. "
                + $"Set {KeyOptions.LocalKeySetting} to the key that this database was made with; where it was replaced on purpose, put the older one into {KeyOptions.FormerKeysSetting}. "
                + $"Where it is lost, {KeyOptions.Section}:{nameof(KeyOptions.StartWithoutFormerKeys)} starts without those wallets.");
        }
    }
}
