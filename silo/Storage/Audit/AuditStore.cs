using Cluster.Silo.Hosting;
using Cluster.V1;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Audit;

/// <summary>Which rows are asked for; what is null or empty does not matter.</summary>
/// <param name="From">At this time or later.</param>
/// <param name="Until">Before this time.</param>
/// <param name="Subject">About this.</param>
/// <param name="CallerId">By this caller.</param>
/// <param name="MinSeverity">This severe or more.</param>
/// <param name="Operation">What the operation begins with.</param>
public sealed record AuditQuery(
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    GrainId? Subject = null,
    string CallerId = "",
    Severity MinSeverity = Severity.Unspecified,
    string Operation = "");

/// <summary>Reads the audit log, which <see cref="Changes.Audit"/> writes together with what it tells of.</summary>
/// <param name="database">Holds <c>audit_log</c>.</param>
public sealed class AuditStore(Database database)
{
    /// <summary>Rows on one page, at most.</summary>
    public const int MaxPageSize = 1_001;

    internal const string Columns =
        """
        audit_id, entry_id, at, caller_id, caller_name, caller_role, caller_address, user_agent, operation, subject_type,
        subject_key, request_id, outcome, severity, detail, key_id, mac
        """;

    /// <summary>The oldest transaction that still runs, and the next to begin.</summary>
    internal const string Snapshot = "select pg_snapshot_xmin(pg_current_snapshot()), pg_snapshot_xmax(pg_current_snapshot())";

    /// <summary>A page of rows, newest first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="before">Older than this row; from the newest where null.</param>
    /// <param name="pageSize">1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<StoredAuditRow>> List(AuditQuery query, long? before, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        var conditions = new List<string> { "audit_id < $1" };
        var parameters = new List<NpgsqlParameter> { Sql.Big(before ?? long.MaxValue), Sql.Int(pageSize) };
        void Demand(string condition, params ReadOnlySpan<NpgsqlParameter> values)
        {
            conditions.Add(string.Format(
                System.Globalization.CultureInfo.InvariantCulture, condition, parameters.Count + 1, parameters.Count + 2));
            parameters.AddRange(values);
        }

        if (query.From is { } from)
        {
            Demand("at >= ${0}", Sql.Time(from));
        }

        if (query.Until is { } until)
        {
            Demand("at < ${0}", Sql.Time(until));
        }

        if (query.Subject is { } subject)
        {
            Demand("subject_type = ${0} and subject_key = ${1}", Sql.Text(subject.Type), Sql.Text(subject.Key));
        }

        if (query.CallerId.Length > 0)
        {
            Demand("caller_id = ${0}", Sql.Text(query.CallerId));
        }

        if (query.MinSeverity > Severity.Low)
        {
            Demand(
                "severity <> 'low' and severity = any(${0})",
                new NpgsqlParameter { Value = AuditText.AtLeast(query.MinSeverity), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        }

        if (query.Operation.Length > 0)
        {
            Demand("starts_with(operation, ${0})", Sql.Text(query.Operation));
        }

        return database.Query(
            $"select {Columns} from audit_log where {string.Join(" and ", conditions)} order by audit_id desc limit $2",
            [.. parameters],
            Read,
            cancellationToken);
    }

    /// <summary>The newest rows, oldest of them first, and up to where every row is known.</summary>
    /// <param name="last">How many, 0 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(IReadOnlyList<StoredAuditRow> Rows, ulong Horizon)> Newest(int last, CancellationToken cancellationToken)
    {
        var horizon = (await Horizon(cancellationToken)).Xmin;
        var rows = last == 0
            ? []
            : await database.Query(
                $"select * from (select {Columns} from audit_log where transaction_id < $2 order by audit_id desc limit $1) newest order by audit_id",
                [Sql.Int(last), Xid(horizon)],
                Read,
                cancellationToken);
        return (rows, horizon);
    }

    /// <summary>Rows of transactions from <paramref name="horizon"/> on that no earlier one can join any more.</summary>
    /// <param name="horizon">From the last reading.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows, and from where to go on.</returns>
    public async Task<(IReadOnlyList<StoredAuditRow> Rows, ulong Horizon)> Since(ulong horizon, CancellationToken cancellationToken)
    {
        var next = (await Horizon(cancellationToken)).Xmin;
        var rows = await database.Query(
            $"select {Columns} from audit_log where transaction_id >= $1 and transaction_id < $2 order by audit_id",
            [Xid(horizon), Xid(next)],
            Read,
            cancellationToken);
        return (rows, next);
    }

    /// <summary>Which transactions have all ended, and which have not begun.</summary>
    internal async Task<(ulong Xmin, ulong Xmax)> Horizon(CancellationToken cancellationToken) =>
        (await database.Query(
            Snapshot,
            [],
            row => (row.GetFieldValue<ulong>(0), row.GetFieldValue<ulong>(1)),
            cancellationToken))[0];

    internal static NpgsqlParameter Xid(ulong value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Xid8 };

    internal static StoredAuditRow Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        new AuditRow(
            row.GetGuid(1),
            row.GetFieldValue<DateTimeOffset>(2),
            new Caller(row.GetString(3), row.GetString(4), row.IsDBNull(6) ? null : row.GetString(6))
            {
                Role = row.GetString(5),
                UserAgent = row.GetString(7),
            },
            row.GetString(8),
            new GrainId(row.GetString(9), row.GetString(10)),
            row.GetString(11),
            AuditText.OutcomeOf(row.GetString(12)),
            AuditText.SeverityOf(row.GetString(13)),
            row.GetString(14)),
        row.GetString(15),
        row.IsDBNull(16) ? default : row.GetFieldValue<byte[]>(16));
}
