using System.Security.Cryptography;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Local;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Keys;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains.Keyrings;

/// <summary>
/// The keyring of the wallets' keys. Its turns only write what is asked for; the rotator that runs beside them as long as
/// something is open does the work.
/// </summary>
/// <param name="database">Holds the rotation.</param>
/// <param name="keyrings">Its rows.</param>
/// <param name="rotator">Does the work.</param>
/// <param name="ring">The key-encryption keys.</param>
internal sealed class KeyringGrain(Database database, KeyringStore keyrings, KeyRotator rotator, KeyEncryptionKeyRing ring) : Grain
{
    private const string KeepRotating = "keep-rotating";
    private const int RecoveryKeySize = 2_048;

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private Task _rotating = Task.CompletedTask;
    private RSA? _recovery;
    private LocalKeyProvider? _recovered;

    protected internal override async Task OnActivate(CancellationToken cancellationToken)
    {
        if (Id.Key != KeyringStore.Wallets || await keyrings.Newest(cancellationToken) is not { State: not KeyringState.Done } rotation)
        {
            return;
        }

        if (rotation.IsRecovery)
        {
            // The older key died with the process that had it.
            var changes = database.Change();
            keyrings.Update(changes, rotation with { State = KeyringState.Done, Problem = "the process ended on the way: recover again, with the older key" });
            await database.Commit(changes, cancellationToken);
            return;
        }

        Rotate(new KeyEnvelope(ring));
    }

    protected internal override async Task OnDeactivate(CancellationToken cancellationToken)
    {
        await _rotating.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _recovery?.Dispose();
        _recovered?.Dispose();
    }

    /// <summary>To be activated is all that it takes.</summary>
    protected internal override async Task OnReminder(string name, Call call)
    {
        if (_rotating.IsCompleted)
        {
            await Activation.RemoveReminder(KeepRotating, call.Cancellation);
        }
    }

    public async Task<KeyRotation> RotateKeys(RotateKeysRequest request, Call call)
    {
        RequireKeyring();
        var reply = await Start(
            new KeyringRotation(
                0, IsRecovery: false, KeyringState.Preparing, request.NewVersion, request.DisableOld, "", "", 0, 0, 0, "", 0, 0, "", default, null, [], 1),
            "keys.rotate",
            call);
        Rotate(new KeyEnvelope(ring));
        return reply;
    }

    public Task<BeginRecoveryReply> BeginRecovery(BeginRecoveryRequest request, Call call)
    {
        RequireKeyring();
        lock (_gate)
        {
            _recovery ??= RSA.Create(RecoveryKeySize);
            Activation.StayActive(RecoveryPatience);
            return Task.FromResult(new BeginRecoveryReply { PublicKey = ByteString.CopyFrom(_recovery.ExportSubjectPublicKeyInfo()) });
        }
    }

    public async Task<KeyRotation> RecoverKeys(RecoverKeysRequest request, Call call)
    {
        RequireKeyring();
        var older = ReadOlderKey(request.OldKey.Span);
        var provider = new LocalKeyProvider(current: null, older);
        try
        {
            await Start(
                new KeyringRotation(
                    0, IsRecovery: true, KeyringState.Preparing, NewVersion: false, Retire: false, older.Id, "", 0, 0, 0, "", 0, 0, "", default, null, [], 1),
                "keys.recover",
                call);
            _recovered?.Dispose();
            _recovered = provider;
        }
        catch
        {
            provider.Dispose();
            throw;
        }

        Rotate(new KeyEnvelope(ring.With(provider)));
        return (await keyrings.Newest(call.Cancellation))!.ToMessage([]);
    }

    private async Task<KeyRotation> Start(KeyringRotation rotation, string operation, Call call)
    {
        if (await keyrings.Newest(call.Cancellation) is { State: not KeyringState.Done } open)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"a {(open.IsRecovery ? "recovery" : "rotation")} is under way, {open.Rewrapped:N0} of {open.Total:N0} keys are done; wait for its end.");
        }

        // Before the commit: a reminder without a rotation ends by itself, a rotation without one would end with a death.
        await Activation.SetReminder(KeepRotating, ReminderPeriod, ReminderPeriod, call.Cancellation);
        var reply = rotation.ToMessage([]);
        reply.StartTime = null;
        var changes = database.Change();
        keyrings.Start(changes, call, rotation);
        changes.Audit(call, operation, Id, new AuditDetail().Add("source_key", rotation.SourceKey).ToString(), Severity.High);
        changes.Answer(call, reply);
        await database.Commit(changes, call.Cancellation);
        return reply;
    }

    private void Rotate(KeyEnvelope opener)
    {
        var before = _rotating;
        _rotating = Task.Run(async () =>
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await rotator.Run(opener, Activation.Stopping);
        });
    }

    private LocalKeyEncryptionKey ReadOlderKey(ReadOnlySpan<byte> encrypted)
    {
        var recovery = _recovery ?? throw new ClusterException(
            StatusCode.FailedPrecondition, "no recovery was begun here, or its key was forgotten meanwhile: call BeginRecovery again.");
        var key = new SecretBytes(KeyEncryptionKeyText.KeySize);
        try
        {
            if (recovery.TryDecrypt(encrypted, key.Span, RSAEncryptionPadding.OaepSHA256, out var written) && written == key.Length)
            {
                return new LocalKeyEncryptionKey(key);
            }
        }
        catch (CryptographicException)
        {
            // Said below, as is another length.
        }

        key.Dispose();
        throw new ClusterException(
            StatusCode.InvalidArgument, "old_key is not 32 bytes encrypted under the key of the last BeginRecovery: begin again.");
    }

    private void RequireKeyring()
    {
        if (Id.Key != KeyringStore.Wallets)
        {
            throw new ClusterException(StatusCode.NotFound, $"there is no keyring {Id.Key}; there is {KeyringStore.Wallets}.");
        }
    }
}
