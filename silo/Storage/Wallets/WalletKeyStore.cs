using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Pkcs11;
using Cluster.Solana;
using Npgsql;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>Wallets' private keys, sealed.</summary>
/// <param name="database">Holds <c>wallet_keys</c>.</param>
/// <param name="time">Stamps rows.</param>
public sealed class WalletKeyStore(Database database, TimeProvider time)
{
    internal const string Columns = "wallet_id, key_version, public_key, sealed_key, wrapped_data_key, key_encryption_key";

    /// <summary>A wallet's newest key; null where it has none.</summary>
    /// <param name="walletId">Whose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SealedKey?> Find(string walletId, CancellationToken cancellationToken) =>
        (await database.Query(
            $"select {Columns} from wallet_keys where wallet_id = $1 order by key_version desc limit 1",
            [Sql.Text(walletId)],
            Read,
            cancellationToken)).SingleOrDefault();

    /// <summary>The wallet that has, or once had, the key of an address; null where there is none.</summary>
    /// <param name="address">The public half.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> FindOwner(PublicKey address, CancellationToken cancellationToken) =>
        (await database.Query(
            "select wallet_id from wallet_keys where public_key = $1",
            [Sql.Key(address)],
            static row => row.GetString(0),
            cancellationToken)).SingleOrDefault();

    /// <summary>Any key that is wrapped under this key-encryption key; null where there is none.</summary>
    /// <param name="keyEncryptionKeyId">Which one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SealedKey?> FindWrappedUnder(string keyEncryptionKeyId, CancellationToken cancellationToken) =>
        (await database.Query(
            $"select {Columns} from wallet_keys where key_encryption_key = $1 limit 1",
            [Sql.Text(keyEncryptionKeyId)],
            Read,
            cancellationToken)).SingleOrDefault();

    /// <summary>Under which key-encryption keys wallets' keys are wrapped, and how many under each, by id.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<KeyEncryptionKeyUse>> CountByKeyEncryptionKey(CancellationToken cancellationToken) =>
        database.Query(
            "select key_encryption_key, count(*) from wallet_keys where custody = 'sealed' group by key_encryption_key order by key_encryption_key",
            [],
            row => new KeyEncryptionKeyUse(row.GetString(0), row.GetInt64(1)),
            cancellationToken);

    /// <summary>Adds a key, with its audit row; a key that another activation has added meanwhile makes this stale.</summary>
    /// <param name="key">What is added.</param>
    /// <param name="operation">For the audit row, for example <c>signer.create_key</c>.</param>
    /// <param name="call">Who adds it.</param>
    /// <exception cref="StaleVersionException">The wallet has a key of this version already.</exception>
    public Task Insert(SealedKey key, string operation, Call call)
    {
        var changes = database.Change();
        Insert(changes, key, time.GetUtcNow());
        changes.Audit(
            call,
            operation,
            new GrainId("signer", key.WalletId),
            new AuditDetail().Add("public_key", key.PublicKey.ToString()).Add("key_encryption_key", key.KeyEncryptionKeyId).ToString());
        return database.Commit(changes, call.Cancellation);
    }

    /// <summary>Adds a key to changes that commit together; one that is there already makes them stale.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="key">What is added.</param>
    /// <param name="now">When.</param>
    public static void Insert(Changes changes, SealedKey key, DateTimeOffset now) =>
        changes.AddGuarded(
            $"""
            insert into wallet_keys ({Columns}, created_at, custody) select $1, $2, $3, $4, $5, $6, $7, $8
            where not exists (select 1 from retired_key_encryption_keys where key_id = $6)
            on conflict do nothing
            """,
            "a wallet key",
            Sql.Text(key.WalletId),
            Sql.Int(key.Version),
            Sql.Key(key.PublicKey),
            Sql.Bytes(key.Ciphertext),
            Sql.Bytes(key.WrappedDataKey),
            Sql.Text(key.KeyEncryptionKeyId),
            Sql.Time(now),
            Sql.Text(HsmKeys.IsHsmKey(key.KeyEncryptionKeyId) ? "hsm" : "sealed"));

    /// <summary>Destroys all keys of a wallet: sealed keys and the data keys that would open them.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="walletId">Whose.</param>
    public static void Shred(Changes changes, string walletId) =>
        changes.Add("delete from wallet_keys where wallet_id = $1", Sql.Text(walletId));

    internal static SealedKey Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetInt32(1),
        PublicKey.FromBytes(row.GetFieldValue<byte[]>(2)),
        row.GetFieldValue<byte[]>(3),
        row.GetFieldValue<byte[]>(4),
        row.GetString(5));
}

/// <summary>How much depends on a key-encryption key.</summary>
/// <param name="KeyEncryptionKeyId">Which one.</param>
/// <param name="Keys">Wallets' keys that are wrapped under it.</param>
public sealed record KeyEncryptionKeyUse(string KeyEncryptionKeyId, long Keys);
