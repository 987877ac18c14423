using Cluster.Silo.Hosting;
using Npgsql;

namespace Cluster.Silo.Storage.Access;

/// <summary>Reads the audit log, which <see cref="Changes.Audit"/> writes together with what it tells of.</summary>
/// <param name="database">Holds <c>audit_log</c>.</param>
public sealed class AuditStore(Database database)
{
    /// <summary>Entries on one page, at most.</summary>
    public const int MaxPageSize = 1_000;

    private const string Columns =
        "audit_id, at, caller_id, caller_name, caller_address, operation, subject_type, subject_key, request_id, detail";

    /// <summary>A page of entries, newest first.</summary>
    /// <param name="subject">Of this thing alone; of all where null.</param>
    /// <param name="before">Older than this entry; from the newest where null.</param>
    /// <param name="pageSize">1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<AuditEntry>> List(GrainId? subject, long? before, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        const string Newest = "order by audit_id desc limit $2";
        return subject is { } of
            ? database.Query(
                $"select {Columns} from audit_log where audit_id < $1 and subject_type = $3 and subject_key = $4 {Newest}",
                [Sql.Big(before ?? long.MaxValue), Sql.Int(pageSize), Sql.Text(of.Type), Sql.Text(of.Key)],
                Read,
                cancellationToken)
            : database.Query(
                $"select {Columns} from audit_log where audit_id < $1 {Newest}",
                [Sql.Big(before ?? long.MaxValue), Sql.Int(pageSize)],
                Read,
                cancellationToken);
    }

    private static AuditEntry Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetFieldValue<DateTimeOffset>(1),
        row.GetString(2),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.GetString(7),
        row.GetString(8),
        row.GetString(9));
}
