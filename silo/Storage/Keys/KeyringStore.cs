using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Npgsql;

namespace Cluster.Silo.Storage.Keys;

/// <summary>Rotations of the key-encryption key, and keys that were retired.</summary>
/// <param name="database">Holds <c>keyring_rotations</c>, <c>keyring_failures</c> and <c>retired_key_encryption_keys</c>.</param>
/// <param name="time">Stamps rows.</param>
public sealed class KeyringStore(Database database, TimeProvider time)
{
    /// <summary>The one keyring that there is.</summary>
    public const string Wallets = "wallets";

    private const string Columns =
        "rotation_id, kind, state, new_version, retire, source_key, target_key, total, rewrapped, failed, cursor_wallet, cursor_version, pass_rewrapped, problem, started_at, ended_at, older_keys, version";

    /// <summary>The newest rotation; null where there was none.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<KeyringRotation?> Newest(CancellationToken cancellationToken) => (await database.Query(
        $"select {Columns} from keyring_rotations where keyring = $1 order by rotation_id desc limit 1",
        [Sql.Text(Wallets)],
        Read,
        cancellationToken)).SingleOrDefault();

    /// <summary>Adds a rotation that is about to begin.</summary>
    /// <param name="changes">Commits it.</param>
    /// <param name="call">Who asked for it.</param>
    /// <param name="rotation">What is asked for.</param>
    public void Start(Changes changes, Call call, KeyringRotation rotation) => changes.AddGuarded(
        """
        insert into keyring_rotations (keyring, kind, state, new_version, retire, source_key, target_key, started_by, started_at)
        select $1, $2, $3, $4, $5, $6, '', $7, $8
        where not exists (select 1 from keyring_rotations where keyring = $1 and state <> 'done')
        """,
        "the keyring",
        Sql.Text(Wallets),
        Sql.Text(rotation.IsRecovery ? "recover" : "rotate"),
        Sql.Text(Of(rotation.State)),
        Sql.Bool(rotation.NewVersion),
        Sql.Bool(rotation.Retire),
        Sql.Text(rotation.SourceKey),
        Sql.Text(call.Caller.Id),
        Sql.Time(time.GetUtcNow()));

    /// <summary>Writes how far a rotation is; stale where another process has written meanwhile.</summary>
    /// <param name="changes">Commits it.</param>
    /// <param name="rotation">With the version that was read.</param>
    /// <returns>As it stands afterwards.</returns>
    public KeyringRotation Update(Changes changes, KeyringRotation rotation)
    {
        var ended = rotation.State == KeyringState.Done ? time.GetUtcNow() : rotation.EndedAt;
        changes.AddGuarded(
            """
            update keyring_rotations
            set state = $3, source_key = $4, target_key = $5, total = $6, rewrapped = $7, failed = $8, cursor_wallet = $9,
              cursor_version = $10, pass_rewrapped = $11, problem = $12, ended_at = $13, older_keys = $14, version = version + 1
            where rotation_id = $1 and version = $2
            """,
            "the keyring",
            Sql.Big(rotation.RotationId),
            Sql.Big(rotation.Version),
            Sql.Text(Of(rotation.State)),
            Sql.Text(rotation.SourceKey),
            Sql.Text(rotation.TargetKey),
            Sql.Big(rotation.Total),
            Sql.Big(rotation.Rewrapped),
            Sql.Big(rotation.Failed),
            Sql.Text(rotation.CursorWallet),
            Sql.Int(rotation.CursorVersion),
            Sql.Big(rotation.PassRewrapped),
            Sql.Text(rotation.Problem),
            Sql.TimeOrNull(ended),
            SqlArray.Text([.. rotation.OlderKeys]));
        return rotation with { EndedAt = ended, Version = rotation.Version + 1 };
    }

    /// <summary>Records a key that could not be opened.</summary>
    /// <param name="changes">Commits it.</param>
    /// <param name="rotationId">Which rotation.</param>
    /// <param name="failure">What and why.</param>
    public static void AddFailure(Changes changes, long rotationId, KeyringFailure failure) => changes.Add(
        "insert into keyring_failures (rotation_id, wallet_id, key_version, reason) values ($1, $2, $3, $4) on conflict do nothing",
        Sql.Big(rotationId),
        Sql.Text(failure.WalletId),
        Sql.Int(failure.KeyVersion),
        Sql.Text(failure.Reason));

    /// <summary>Keys that a rotation could not open, by wallet.</summary>
    /// <param name="rotationId">Which rotation.</param>
    /// <param name="limit">At most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<KeyringFailure>> ListFailures(long rotationId, int limit, CancellationToken cancellationToken) => database.Query(
        "select wallet_id, key_version, reason from keyring_failures where rotation_id = $1 order by wallet_id, key_version limit $2",
        [Sql.Big(rotationId), Sql.Int(limit)],
        row => new KeyringFailure(row.GetString(0), row.GetInt32(1), row.GetString(2)),
        cancellationToken);

    /// <summary>Keys under which nothing may be wrapped any more.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<RetiredKey>> ListRetired(CancellationToken cancellationToken) => database.Query(
        "select key_id, disabled_at is not null from retired_key_encryption_keys order by key_id",
        [],
        row => new RetiredKey(row.GetString(0), row.GetBoolean(1)),
        cancellationToken);

    /// <summary>
    /// Retires a key under which nothing is wrapped. Keys that are being added wait for this, or this for them, so that
    /// none slips in between.
    /// </summary>
    /// <param name="keyId">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where something is wrapped under it.</returns>
    public async Task<bool> Retire(string keyId, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var statement = new NpgsqlCommand("lock table wallet_keys in share mode", connection, transaction))
        {
            await statement.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var retire = new NpgsqlCommand(
            """
            insert into retired_key_encryption_keys (key_id, retired_at) select $1, $2
            where not exists (select 1 from wallet_keys where key_encryption_key = $1)
            on conflict (key_id) do update set retired_at = retired_key_encryption_keys.retired_at
            """,
            connection,
            transaction);
        retire.Parameters.Add(Sql.Text(keyId));
        retire.Parameters.Add(Sql.Time(time.GetUtcNow()));
        var retired = await retire.ExecuteNonQueryAsync(cancellationToken) == 1;
        await transaction.CommitAsync(cancellationToken);
        return retired;
    }

    /// <summary>Records that a retired key was disabled where it is kept.</summary>
    /// <param name="changes">Commits it.</param>
    /// <param name="keyId">Which.</param>
    public void Disabled(Changes changes, string keyId) => changes.Add(
        "update retired_key_encryption_keys set disabled_at = $2 where key_id = $1 and disabled_at is null", Sql.Text(keyId), Sql.Time(time.GetUtcNow()));

    private static KeyringRotation Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1) == "recover",
        Parse(row.GetString(2)),
        row.GetBoolean(3),
        row.GetBoolean(4),
        row.GetString(5),
        row.GetString(6),
        row.GetInt64(7),
        row.GetInt64(8),
        row.GetInt64(9),
        row.GetString(10),
        row.GetInt32(11),
        row.GetInt64(12),
        row.GetString(13),
        row.GetFieldValue<DateTimeOffset>(14),
        row.IsDBNull(15) ? null : row.GetFieldValue<DateTimeOffset>(15),
        row.GetFieldValue<string[]>(16),
        row.GetInt64(17));

    private static string Of(KeyringState state) => state switch
    {
        KeyringState.Preparing => "preparing",
        KeyringState.Rewrapping => "rewrapping",
        KeyringState.Retiring => "retiring",
        KeyringState.Done => "done",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
    };

    private static KeyringState Parse(string text) => text switch
    {
        "preparing" => KeyringState.Preparing,
        "rewrapping" => KeyringState.Rewrapping,
        "retiring" => KeyringState.Retiring,
        "done" => KeyringState.Done,
        _ => throw new FormatException($"keyring_rotations.state holds {text}"),
    };
}
