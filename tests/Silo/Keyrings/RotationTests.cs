using System.Security.Cryptography;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Opened;
using Cluster.Solana;
using Cluster.Tests.Silo.Signers;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using NpgsqlTypes;
using Xunit;

namespace Cluster.Tests.Silo.Keyrings;

public sealed class RotationTests : IAsyncLifetime
{
    private static readonly (string, string?)[] Rotated = [(KeyOptions.LocalKeySetting, KeyringSilo.Second), (KeyOptions.FormerKeysSetting, KeyringSilo.First)];

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_hundred_thousand_keys_are_wrapped_anew_though_the_process_dies_midway_and_no_signature_fails_meanwhile()
    {
        const int Keys = 100_000;
        await SealMany(Keys);
        var signatures = 0;
        await using (var silo = await KeyringSilo.Start(_database, settings: Rotated))
        {
            await silo.Rotate();
            var midway = silo.Await(status => status.Rotation.Rewrapped >= 20_000);
            signatures += await SignUntil(silo, Keys, midway);
            Assert.InRange((await midway).Rotation.Rewrapped, 20_000UL, 99_999UL);
        }

        await using (var silo = await KeyringSilo.Start(_database, settings: Rotated))
        {
            var end = silo.AwaitEnd();
            signatures += await SignUntil(silo, Keys, end);
            var rotation = (await end).Rotation;

            Assert.Equal(((ulong)Keys, (ulong)Keys, 0UL), (rotation.Total, rotation.Rewrapped, rotation.Failed));
            var used = Assert.Single((await silo.Status()).Keys);
            Assert.Equal((rotation.TargetKey, (ulong)Keys, true), (used.KeyId, used.WalletKeys, used.Current));
            Assert.Equal(1, await _database.Scalar<long>("select count(*) from audit_log where operation = 'keys.rotated'"));
        }

        Assert.True(signatures > 10, $"only {signatures} signatures were made meanwhile");

        // The older key is not needed any more.
        await using var without = await KeyringSilo.Start(_database, settings: (KeyOptions.LocalKeySetting, KeyringSilo.Second));
        await Sign(without, "wallet-77");
    }

    [Fact]
    public async Task What_cannot_be_opened_is_listed_and_keeps_nothing_else_from_being_wrapped_anew()
    {
        await SealMany(1_200);
        await _database.Execute("update wallet_keys set sealed_key = set_byte(sealed_key, 20, get_byte(sealed_key, 20) # 1) where wallet_id in ('wallet-3', 'wallet-700')");
        await _database.Execute("update wallet_keys set key_encryption_key = 'local:0000000000000000' where wallet_id = 'wallet-5'");
        await using var silo = await KeyringSilo.Start(_database, settings: [.. Rotated, ("Cluster:Keys:StartWithoutFormerKeys", "true")]);

        await silo.Rotate();
        var status = await silo.AwaitEnd();

        Assert.Equal((1_197UL, 3UL), (status.Rotation.Rewrapped, status.Rotation.Failed));
        Assert.Equal(["wallet-3", "wallet-5", "wallet-700"], status.Rotation.Failures.Select(failure => failure.WalletId));
        Assert.Contains("does not open: the row belongs to another wallet, or it is damaged", status.Rotation.Failures[0].Reason);
        Assert.Contains("is wrapped under local:0000000000000000, which this process does not have", status.Rotation.Failures[1].Reason);
    }

    [Fact]
    public async Task A_second_rotation_waits_for_the_end_of_the_first()
    {
        await SealMany(3_000);
        await using var silo = await KeyringSilo.Start(_database, settings: Rotated);
        await silo.Rotate();

        var error = await Assert.ThrowsAsync<ClusterException>(() => silo.Rotate());

        Assert.Equal(StatusCode.FailedPrecondition, error.Status);
        await silo.AwaitEnd();
        await silo.Rotate();
        await silo.AwaitEnd();
        var unknown = await Assert.ThrowsAsync<ClusterException>(() =>
            silo.Call<KeyRotation>(new RotateKeysRequest { RequestId = "other", Keyring = "other" }));
        Assert.Equal(StatusCode.NotFound, unknown.Status);
    }

    [Fact]
    public async Task A_retired_key_wraps_nothing_more()
    {
        string retired;
        await using (var silo = await KeyringSilo.Start(_database))
        {
            await CreateKey(silo, "a");
            retired = Assert.Single((await silo.Status()).Keys).KeyId;
        }

        await using (var silo = await KeyringSilo.Start(_database, settings: Rotated))
        {
            await silo.Rotate(disableOld: true);
            await silo.AwaitEnd();
        }

        // By mistake the older key is the current one again.
        await using var mistaken = await KeyringSilo.Start(
            _database, settings: [(KeyOptions.LocalKeySetting, KeyringSilo.First), (KeyOptions.FormerKeysSetting, KeyringSilo.Second)]);
        await Assert.ThrowsAsync<ClusterException>(() => CreateKey(mistaken, "b"));

        var key = (await mistaken.Status()).Keys.Single(each => each.KeyId == retired);
        Assert.Equal((0UL, true, true), (key.WalletKeys, key.Retired, key.Disabled));
        await Sign(mistaken, "a");
    }

    [Fact]
    public async Task An_older_key_recovers_what_it_wrapped_and_lists_what_it_cannot_open()
    {
        await SealMany(700);
        await _database.Execute("update wallet_keys set wrapped_data_key = set_byte(wrapped_data_key, 20, get_byte(wrapped_data_key, 20) # 1) where wallet_id = 'wallet-9'");
        await using var silo = await KeyringSilo.Start(
            _database, settings: [(KeyOptions.LocalKeySetting, KeyringSilo.Second), ("Cluster:Keys:StartWithoutFormerKeys", "true")]);
        await Assert.ThrowsAsync<ClusterException>(() => Sign(silo, "wallet-1"));

        var begun = await silo.Call<BeginRecoveryReply>(new BeginRecoveryRequest { Keyring = "wallets" });
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(begun.PublicKey.Span, out _);
        var wrong = await Assert.ThrowsAsync<ClusterException>(() => silo.Call<KeyRotation>(
            new RecoverKeysRequest { RequestId = "1", Keyring = "wallets", OldKey = ByteString.CopyFrom(rsa.Encrypt(new byte[16], RSAEncryptionPadding.OaepSHA256)) }));
        await silo.Call<KeyRotation>(new RecoverKeysRequest
        {
            RequestId = "2",
            Keyring = "wallets",
            OldKey = ByteString.CopyFrom(rsa.Encrypt(Convert.FromHexString(KeyringSilo.First), RSAEncryptionPadding.OaepSHA256)),
        });
        var status = await silo.AwaitEnd();

        Assert.Equal(StatusCode.InvalidArgument, wrong.Status);
        Assert.True(status.Rotation.Recovery);
        Assert.Equal((699UL, 1UL), (status.Rotation.Rewrapped, status.Rotation.Failed));
        Assert.Equal("wallet-9", Assert.Single(status.Rotation.Failures).WalletId);
        await Sign(silo, "wallet-1");
    }

    [Fact]
    public async Task Opened_keys_are_wiped_in_every_process_by_one_order()
    {
        await using var first = await KeyringSilo.Start(_database);
        await using var second = await KeyringSilo.Start(_database);
        await CreateKey(first, "a");
        await Sign(first, "a");
        await Sign(second, "a");
        await first.Await(status => status.Holders.Count == 2);

        var reply = await first.Query<ClearKeyCacheReply>(new ClearKeyCacheRequest { RequestId = "clear" });

        Assert.Equal((2, 0), (reply.Cleared.Count, reply.Silent.Count));
        Assert.Equal(0, first.Services.GetRequiredService<OpenedKeys>().Count);
        Assert.Equal(0, second.Services.GetRequiredService<OpenedKeys>().Count);
        await Sign(second, "a");
    }

    /// <summary>Signs with one wallet after the other, none of them open before, until something has happened.</summary>
    private static async Task<int> SignUntil(KeyringSilo silo, int wallets, Task happened)
    {
        var signed = 0;
        for (var random = new Random(20261120); !happened.IsCompleted; signed++)
        {
            await Sign(silo, $"wallet-{random.Next(wallets)}");
        }

        return signed;
    }

    private static async Task Sign(KeyringSilo silo, string walletId)
    {
        var address = PublicKey.FromBytes((await silo.Call<CreateKeyReply>(new CreateKeyRequest { WalletId = walletId })).PublicKey.Span);
        var message = SignerGrainTests.Message(address, 1);
        var reply = await silo.Call<SignMessagesReply>(new SignMessagesRequest { WalletId = walletId, Messages = { ByteString.CopyFrom(message) } });
        Assert.True(Ed25519.Verify(address, message, reply.Signatures[0].Span));
    }

    private static Task<CreateKeyReply> CreateKey(KeyringSilo silo, string walletId) => silo.Call<CreateKeyReply>(new CreateKeyRequest { WalletId = walletId });

    /// <summary>Wallets' keys under the first key-encryption key, written at once.</summary>
    private async Task SealMany(int count)
    {
        var envelope = new KeyEnvelope(new KeyEncryptionKeyRing(new Cluster.Silo.Keys.Local.LocalKeyProvider(
            new Cluster.Silo.Keys.Local.LocalKeyEncryptionKey(Cluster.Silo.Keys.Local.KeyEncryptionKeyText.Parse(KeyringSilo.First, "test")))));
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy wallet_keys (wallet_id, key_version, public_key, sealed_key, wrapped_data_key, key_encryption_key, created_at) from stdin (format binary)");
        for (var number = 0; number < count; number++)
        {
            using var key = SigningKey.Generate();
            var sealedKey = await envelope.Seal(key, $"wallet-{number}", 1, CancellationToken.None);
            await copy.StartRowAsync();
            await copy.WriteAsync(sealedKey.WalletId, NpgsqlDbType.Text);
            await copy.WriteAsync(1, NpgsqlDbType.Integer);
            await copy.WriteAsync(sealedKey.PublicKey.AsSpan().ToArray(), NpgsqlDbType.Bytea);
            await copy.WriteAsync(sealedKey.Ciphertext.ToArray(), NpgsqlDbType.Bytea);
            await copy.WriteAsync(sealedKey.WrappedDataKey.ToArray(), NpgsqlDbType.Bytea);
            await copy.WriteAsync(sealedKey.KeyEncryptionKeyId, NpgsqlDbType.Text);
            await copy.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz);
        }

        await copy.CompleteAsync();
    }
}
