using System.Security.Cryptography;
using Cluster.Silo.Storage.Schema;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Keys;

/// <summary>
/// Stops the start where the key-encryption key is missing or is not the one under which the wallets' keys of this
/// database are wrapped: better no cluster than one that makes wallets it cannot open tomorrow.
/// </summary>
internal sealed class KeySelfTest(
    IKeyEncryptionKey keyEncryptionKey,
    KeyEnvelope envelope,
    WalletKeyStore keys,
    SchemaMigrator migrator,
    ILogger<KeySelfTest> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await RequireRoundTrip(cancellationToken);
        await migrator.Migrate(cancellationToken);
        if (await keys.FindNotWrappedUnder(keyEncryptionKey.Id, cancellationToken) is { } foreign)
        {
            throw new KeyException(
                $"The key-encryption key is {keyEncryptionKey.Id}, and the key of wallet {foreign.WalletId} in this database is wrapped under {foreign.KeyEncryptionKeyId}. Set {KeyOptions.LocalKeySetting} to the key that this database was made with.");
        }

        if (await keys.FindWrappedUnder(keyEncryptionKey.Id, cancellationToken) is { } own)
        {
            (await envelope.Open(own, cancellationToken)).Dispose();
        }

        KeyLog.Ready(logger, keyEncryptionKey.Id);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RequireRoundTrip(CancellationToken cancellationToken)
    {
        using var dataKey = SecretBytes.Random(KeyEncryptionKeyText.KeySize);
        using var unwrapped = new SecretBytes(KeyEncryptionKeyText.KeySize);
        await keyEncryptionKey.Unwrap(await keyEncryptionKey.Wrap(dataKey.Memory, cancellationToken), unwrapped.Memory, cancellationToken);
        if (!CryptographicOperations.FixedTimeEquals(dataKey.Span, unwrapped.Span))
        {
            throw new KeyException($"The key-encryption key {keyEncryptionKey.Id} does not unwrap what it has just wrapped.");
        }
    }
}
