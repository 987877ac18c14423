using System.Runtime.CompilerServices;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Audit;

/// <summary>What a verification reads, all of it in one snapshot.</summary>
/// <param name="connection">In a transaction that sees one moment.</param>
internal sealed class AuditReading(NpgsqlConnection connection)
{
    private const int MaxNamed = 1_001;

    /// <summary>Rows that the newest seal leaves to the next; $1 and $2 are its horizon and restored id.</summary>
    private const string IsUnsealed = "transaction_id >= $1 and audit_id > $2";

    /// <summary>The seals after one.</summary>
    public Task<List<AuditSeal>> Seals(long after, int atMost, CancellationToken cancellationToken) => List(
        $"select {SealStore.Columns} from audit_seals where seal_number > $1 order by seal_number limit $2",
        SealStore.Read,
        [Sql.Big(after), Sql.Int(atMost)],
        cancellationToken);

    /// <summary>Rows by their ids.</summary>
    public Task<List<(StoredAuditRow Row, ulong Transaction)>> Rows(IReadOnlyList<long> ids, CancellationToken cancellationToken) => List(
        $"select {AuditStore.Columns}, transaction_id from audit_log where audit_id = any($1)",
        ReadRow,
        [new NpgsqlParameter { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }],
        cancellationToken);

    /// <summary>Rows that are still to be sealed.</summary>
    public async IAsyncEnumerable<(StoredAuditRow Row, ulong Transaction)> Unsealed(AuditSeal? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = Command($"select {AuditStore.Columns}, transaction_id from audit_log where {IsUnsealed}", After(last));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return ReadRow(reader);
        }
    }

    /// <summary>How many rows there are.</summary>
    public async Task<long> Count(CancellationToken cancellationToken)
    {
        await using var command = Command("select count(*) from audit_log", []);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Rows with the MAC of an earlier one.</summary>
    public Task<List<(long First, long Copy)>> Copies(CancellationToken cancellationToken) => List(
        $"select min(audit_id), max(audit_id) from audit_log where mac is not null group by mac having count(*) > 1 limit {MaxNamed}",
        row => (row.GetInt64(0), row.GetInt64(1)),
        [],
        cancellationToken);

    /// <summary>Rows that are in no seal though it is past their time.</summary>
    public Task<List<long>> Stowaways(AuditSeal? last, CancellationToken cancellationToken) => List(
        $"select audit_id from audit_log where not ({IsUnsealed}) except select unnest(audit_ids) from audit_seals order by 1 limit {MaxNamed}",
        row => row.GetInt64(0),
        After(last),
        cancellationToken);

    private static NpgsqlParameter[] After(AuditSeal? last) => [AuditStore.Xid(last?.Horizon ?? 0), Sql.Big(last?.RestoredId ?? 0)];

    private static (StoredAuditRow Row, ulong Transaction) ReadRow(NpgsqlDataReader row) =>
        (AuditStore.Read(row), row.GetFieldValue<ulong>(row.FieldCount - 1));

    /// <summary>A long log takes long.</summary>
    private NpgsqlCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        return command;
    }

    private async Task<List<T>> List<T>(string sql, Func<NpgsqlDataReader, T> read, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
