using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Audit;
using Cluster.V1;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage;

/// <summary>
/// What one turn changes: statements, audit row and recorded answer that commit together or not at all, in one round
/// trip. Made by <see cref="Database.Change"/>.
/// </summary>
public sealed class Changes
{
    private readonly TimeProvider _time;
    private readonly AuditKey _audit;

    internal Changes(TimeProvider time, AuditKey audit) => (_time, _audit) = (time, audit);

    internal NpgsqlBatch Batch { get; } = new();

    /// <summary>Adds a statement.</summary>
    /// <param name="sql">With positional parameters $1, $2, …</param>
    /// <param name="parameters">In their order.</param>
    public void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        Batch.BatchCommands.Add(command);
    }

    /// <summary>Adds an update that must touch exactly one row, or all of the changes fail as stale.</summary>
    /// <param name="update">An <c>update … where … and version = $n</c> without <c>returning</c>.</param>
    /// <param name="what">Names the aggregate in the error; letters, digits, spaces, <c>.-_/</c> only.</param>
    /// <param name="parameters">In their order.</param>
    public void AddGuarded(string update, string what, params ReadOnlySpan<NpgsqlParameter> parameters) =>
        Add(
            $"with touched as ({update} returning 1) select require_one((select count(*) from touched), ${parameters.Length + 1})",
            [.. parameters, Sql.Text(what)]);

    /// <summary>Adds the audit row of this change.</summary>
    /// <param name="call">Who, from where, and under which request.</param>
    /// <param name="operation">For example <c>wallet.transfer</c>.</param>
    /// <param name="subject">What was changed.</param>
    /// <param name="detail">Figures that an auditor wants, never a secret; JSON object.</param>
    /// <param name="severity">
    /// High for what may be theft (a large transfer, a key taken out, an emergency), medium for what is unusual.
    /// </param>
    /// <param name="outcome">Failed where what is recorded came to nothing.</param>
    public void Audit(
        Call call,
        string operation,
        GrainId subject,
        string detail = "{}",
        Severity severity = Severity.Low,
        AuditOutcome outcome = AuditOutcome.Done)
    {
        var row = AuditRow.Of(_time.GetUtcNow(), call, operation, subject, outcome, severity, detail);
        Add(
            """
            insert into audit_log (entry_id, at, caller_id, caller_name, caller_role, caller_address, user_agent, operation,
              subject_type, subject_key, request_id, outcome, severity, detail, key_id, mac)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            Sql.Uuid(row.EntryId),
            Sql.Time(row.At),
            Sql.Text(row.Caller.Id),
            Sql.Text(row.Caller.Name),
            Sql.Text(row.Caller.Role),
            Sql.TextOrNull(row.Caller.Address),
            Sql.Text(row.Caller.UserAgent),
            Sql.Text(row.Operation),
            Sql.Text(row.Subject.Type),
            Sql.Text(row.Subject.Key),
            Sql.Text(row.RequestId),
            Sql.Text(AuditText.Of(row.Outcome)),
            Sql.Text(AuditText.Of(row.Severity)),
            new NpgsqlParameter { Value = row.Detail, NpgsqlDbType = NpgsqlDbType.Json },
            Sql.Text(_audit.Id),
            Sql.Bytes(_audit.Mac(MacContent.Of(row))));
    }

    /// <summary>Records the answer, so that the same request gives it again; nothing where the call has no request id.</summary>
    /// <param name="call">The call that is answered.</param>
    /// <param name="reply">The answer.</param>
    public void Answer(Call call, IMessage reply)
    {
        if (call.Idempotency is not { } key)
        {
            return;
        }

        Add(
            """
            insert into requests (grain_type, grain_key, request_id, method, request_hash, reply, created_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            Sql.Text(key.Grain.Type),
            Sql.Text(key.Grain.Key),
            Sql.Text(key.RequestId),
            Sql.Text(key.Method),
            Sql.Bytes(key.RequestHash),
            Sql.Bytes(reply.ToByteArray()),
            Sql.Time(_time.GetUtcNow()));
    }
}
