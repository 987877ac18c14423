using System.Globalization;
using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Audit;

/// <summary>Lists, follows and verifies the audit log, from PostgreSQL.</summary>
internal sealed class AuditQueries(AuditStore entries, AuditVerifier verifier, TimeProvider time)
{
    private static readonly TimeSpan TailPeriod = TimeSpan.FromMilliseconds(500);

    /// <summary>Entries, newest first.</summary>
    public async Task<ListAuditEntriesReply> ListAuditEntries(ListAuditEntriesRequest request, Call call)
    {
        var filter = request.Filter ?? new AuditFilter();
        var list = $"audit/{filter}";
        var size = PageToken.PageSize(request.PageSize);
        long? before = PageToken.Read(list, 1, request.PageToken) is [var id] ? long.Parse(id, CultureInfo.InvariantCulture) : null;
        var rows = await entries.List(QueryOf(filter), before, size + 1, call.Cancellation);
        var reply = new ListAuditEntriesReply();
        reply.Entries.AddRange(rows.Take(size).Select(EntryOf));
        if (rows.Count > size)
        {
            reply.NextPageToken = PageToken.Write(list, rows[size - 1].AuditId.ToString(CultureInfo.InvariantCulture));
        }

        return reply;
    }

    /// <summary>The newest entries, then each new one as it is committed.</summary>
    public IAsyncEnumerable<AuditEntry> TailAuditEntries(TailAuditEntriesRequest request, Call call) =>
        request.Last <= PageToken.MaxPageSize
            ? Tail(request, call.Cancellation)
            : throw new ClusterException(StatusCode.InvalidArgument, $"last is {request.Last}; at most {PageToken.MaxPageSize} are given, ListAuditEntries has the rest.");

    /// <summary>Recomputes every MAC and every seal.</summary>
    public IAsyncEnumerable<AuditVerification> VerifyAudit(VerifyAuditRequest request, Call call) =>
        verifier.Verify(AuditAnchor.Parse(request.Anchor), call.Cancellation);

    private async IAsyncEnumerable<AuditEntry> Tail(TailAuditEntriesRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (rows, horizon) = await entries.Newest((int)request.Last, cancellationToken);
        while (true)
        {
            foreach (var row in rows)
            {
                yield return EntryOf(row);
            }

            if (request.WithoutFollowing)
            {
                yield break;
            }

            await Task.Delay(TailPeriod, time, cancellationToken);
            (rows, horizon) = await entries.Since(horizon, cancellationToken);
        }
    }

    private static AuditQuery QueryOf(AuditFilter filter)
    {
        if (!System.Enum.IsDefined(filter.MinSeverity))
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"min_severity is {(int)filter.MinSeverity}; there is no such severity.");
        }

        return new AuditQuery(
            filter.From?.ToDateTimeOffset(),
            filter.Until?.ToDateTimeOffset(),
            filter.WalletId.Length > 0 ? new GrainId("wallet", filter.WalletId) : null,
            filter.CallerId,
            filter.MinSeverity,
            filter.Operation);
    }

    private static AuditEntry EntryOf(StoredAuditRow stored) => new()
    {
        AuditId = (ulong)stored.AuditId,
        Time = Timestamp.FromDateTimeOffset(stored.Row.At),
        CallerId = stored.Row.Caller.Id,
        CallerName = stored.Row.Caller.Name,
        CallerRole = stored.Row.Caller.Role,
        CallerAddress = stored.Row.Caller.Address ?? "",
        UserAgent = stored.Row.Caller.UserAgent,
        Operation = stored.Row.Operation,
        SubjectType = stored.Row.Subject.Type,
        SubjectKey = stored.Row.Subject.Key,
        Outcome = stored.Row.Outcome,
        Severity = stored.Row.Severity,
        RequestId = stored.Row.RequestId,
        Detail = stored.Row.Detail,
    };
}
