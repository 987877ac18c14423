using Cluster.Silo.Keys;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Audit;

/// <summary>
/// Chains committed rows. Whoever writes a row waits for nobody: rows are sealed after their commit, by one process at a
/// time, in portions, in an order that no row can be pushed into later. An identity does not give that order, since a
/// transaction that drew a small number may commit late, or never; a snapshot does: rows of transactions older than every
/// one that still runs are all visible, and there will be no more of them.
/// </summary>
/// <param name="source">The pool.</param>
/// <param name="keys">Seals are under the current one.</param>
/// <param name="time">Stamps seals.</param>
public sealed class SealStore(NpgsqlDataSource source, AuditKeyRing keys, TimeProvider time)
{
    /// <summary>Rows in a seal, but for the first seal and for those of one large transaction.</summary>
    public const int PortionSize = 10_000;

    internal const string Columns = "seal_number, sealed_at, horizon, restored_id, audit_ids, macs, key_id, head";

    /// <summary>"audit" in ASCII.</summary>
    private const long LockKey = 0x61_75_64_69_74;

    /// <summary>Stands for the MAC of a row that has none, and fits none.</summary>
    private static readonly byte[] NoMac = new byte[AuditKey.MacSize];

    /// <summary>The newest seal; null where nothing is sealed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AuditSeal?> Newest(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await Newest(connection, cancellationToken);
    }

    /// <summary>Seals the next portion of what is committed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The seal; null where nothing is to be sealed, or another process is about it.</returns>
    public async Task<AuditSeal?> SealNext(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await Scalar<bool>(connection, $"select pg_try_advisory_xact_lock({LockKey})", cancellationToken))
        {
            return null;
        }

        var last = await Newest(connection, cancellationToken);
        var (horizon, restoredId, ids, macs) = await Portion(connection, last, cancellationToken);
        if (ids.Count == 0)
        {
            return null;
        }

        var now = time.GetUtcNow().UtcTicks;
        var headless = new AuditSeal(
            (last?.Number ?? 0) + 1,
            new DateTimeOffset(now - (now % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
            horizon,
            restoredId,
            ids,
            macs,
            keys.Current.Id,
            default);
        var seal = headless with { Head = keys.Current.Mac(MacContent.Of(headless, last is null ? default : last.Head.Span)) };
        await Insert(connection, seal, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return seal;
    }

    /// <summary>Says under which keys this database is sealed, and adds the current one.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">It is sealed under one that this process does not have; nothing was added.</exception>
    public async Task RequireKeys(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await Scalar<object>(connection, $"select pg_advisory_xact_lock({LockKey})", cancellationToken);
        var known = await Scalar<string[]>(connection, "select coalesce(array_agg(key_id order by used_at), '{}') from audit_keys", cancellationToken);
        if (known.Except(keys.Ids).ToArray() is { Length: > 0 } missing)
        {
            throw new KeyException(
                $"The audit log of this database is sealed under {string.Join(", ", missing)}, and this process has {string.Join(", ", keys.Ids)}: set {AuditKeyRing.KeySetting} to the key of the other processes, or {AuditKeyRing.FormerKeysSetting} to those that it took the place of.");
        }

        await using var insert = new NpgsqlCommand("insert into audit_keys (key_id, used_at) values ($1, $2) on conflict do nothing", connection);
        insert.Parameters.Add(Sql.Text(keys.Current.Id));
        insert.Parameters.Add(Sql.Time(time.GetUtcNow()));
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    internal static AuditSeal Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetFieldValue<DateTimeOffset>(1),
        row.GetFieldValue<ulong>(2),
        row.GetInt64(3),
        row.GetFieldValue<long[]>(4),
        row.GetFieldValue<byte[]>(5),
        row.GetString(6),
        row.GetFieldValue<byte[]>(7));

    private async Task<(ulong Horizon, long RestoredId, List<long> Ids, byte[] Macs)> Portion(
        NpgsqlConnection connection, AuditSeal? last, CancellationToken cancellationToken)
    {
        var (horizon, next) = await Snapshot(connection, cancellationToken);
        if (last is not null && last.Horizon > next)
        {
            return await AfterRestore(connection, cancellationToken);
        }

        var from = last?.Horizon ?? 0;
        var restoredId = last?.RestoredId ?? 0;
        if (last is not null)
        {
            horizon = await Cut(connection, from, horizon, restoredId, cancellationToken);
        }

        await using var command = new NpgsqlCommand(
            $"select {AuditStore.Columns} from audit_log where transaction_id >= $1 and transaction_id < $2 and audit_id > $3 order by audit_id",
            connection);
        command.Parameters.AddRange((NpgsqlParameter[])[AuditStore.Xid(from), AuditStore.Xid(horizon), Sql.Big(restoredId)]);
        var (ids, macs) = await Read(command, first: last is null, cancellationToken);
        return (horizon, restoredId, ids, macs);
    }

    /// <summary>
    /// Where the numbers of transactions begin anew, the database was restored into another server. Then all that is not
    /// sealed is sealed once, while nobody writes; from there on the numbers count again.
    /// </summary>
    private async Task<(ulong Horizon, long RestoredId, List<long> Ids, byte[] Macs)> AfterRestore(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await Scalar<object>(connection, "select hold_audit_log()", cancellationToken);
        var (horizon, _) = await Snapshot(connection, cancellationToken);
        var restoredId = await Scalar<long>(connection, "select coalesce(max(audit_id), 0) from audit_log", cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            select {AuditStore.Columns} from audit_log
            where audit_id in (select audit_id from audit_log except select unnest(audit_ids) from audit_seals)
            order by audit_id
            """,
            connection) { CommandTimeout = 0 };
        var (ids, macs) = await Read(command, first: false, cancellationToken);
        return (horizon, restoredId, ids, macs);
    }

    /// <summary>An earlier horizon, where there is more than a portion before the latest possible one.</summary>
    private static async Task<ulong> Cut(NpgsqlConnection connection, ulong from, ulong until, long restoredId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select transaction_id from audit_log where transaction_id >= $1 and transaction_id < $2 and audit_id > $3 order by transaction_id offset $4 limit 1",
            connection);
        command.Parameters.AddRange((NpgsqlParameter[])[AuditStore.Xid(from), AuditStore.Xid(until), Sql.Big(restoredId), Sql.Int(PortionSize)]);
        return await command.ExecuteScalarAsync(cancellationToken) is ulong cut ? Math.Max(cut, from + 1) : until;
    }

    private async Task<(List<long> Ids, byte[] Macs)> Read(NpgsqlCommand command, bool first, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        using var macs = new MemoryStream();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var stored = AuditStore.Read(reader);
            ids.Add(stored.AuditId);

            // Rows from before there were MACs are taken as the first seal finds them; later, there are none without.
            var mac = stored.Mac.Length == AuditKey.MacSize ? stored.Mac.Span
                : first ? keys.Current.Mac(MacContent.Of(stored.Row))
                : NoMac;
            macs.Write(mac);
        }

        return (ids, macs.ToArray());
    }

    private static async Task Insert(NpgsqlConnection connection, AuditSeal seal, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"insert into audit_seals ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8)", connection);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Sql.Big(seal.Number),
            Sql.Time(seal.At),
            AuditStore.Xid(seal.Horizon),
            Sql.Big(seal.RestoredId),
            new NpgsqlParameter { Value = seal.AuditIds.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            Sql.Bytes(seal.Macs),
            Sql.Text(seal.KeyId),
            Sql.Bytes(seal.Head),
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<AuditSeal?> Newest(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from audit_seals order by seal_number desc limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static async Task<(ulong Xmin, ulong Xmax)> Snapshot(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AuditStore.Snapshot, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetFieldValue<ulong>(0), reader.GetFieldValue<ulong>(1));
    }

    private static async Task<T> Scalar<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
