using System.Diagnostics.Metrics;
using Cluster.Gateway.Operations;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Storage;
using Cluster.V1;
using Google.Protobuf;
using Npgsql;

namespace Cluster.Gateway.Access;

/// <summary>
/// Counts refused requests, and writes into the audit log who was refused what, how often and why. What is alike is summed
/// up until it is written, and what is written has a budget, one for those who are known and one for those who are not: a
/// caller who is refused a million times costs one row a period, and a flood from everywhere hides nobody who is known.
/// </summary>
internal sealed partial class RefusalLog : IDisposable
{
    private const string Unknown = "access.unauthenticated";

    private readonly RefusalBook _known;
    private readonly RefusalBook _unknown;
    private readonly Database _database;
    private readonly ILogger<RefusalLog> _log;
    private readonly Meter _meter;
    private readonly Counter<long> _refused;

    public RefusalLog(Database database, IMeterFactory meters, TimeProvider time, ILogger<RefusalLog> log)
    {
        _known = new RefusalBook(new RowBudget(burst: 1_000, perSecond: 2, time));
        _unknown = new RefusalBook(new RowBudget(burst: 500, perSecond: 0.1, time));
        _database = database;
        _log = log;
        _meter = meters.Create("Cluster.Gateway");
        _refused = _meter.CreateCounter<long>("cluster.gateway.refused", "{request}", "Requests refused before they reached an operation.");
    }

    /// <summary>No key came with the request that may be used.</summary>
    /// <param name="operation">What was asked for.</param>
    /// <param name="credentials">What came.</param>
    /// <param name="error">Why it is no good.</param>
    public void Unauthenticated(string operation, in Credentials credentials, ClusterException error)
    {
        if (error.Status == StatusCode.Unavailable)
        {
            Count("keys_unavailable", operation);
            return;
        }

        Count("unauthenticated", operation);
        var subject = new GrainId("operation", operation);
        if (error.InnerException is UnusableKeyException { Principal: var holder, IsElsewhere: var isElsewhere })
        {
            // Whoever has the secret, and is not where its holder is, has taken it from there.
            var severity = isElsewhere ? Severity.High : Severity.Medium;
            _known.Add(new Refusal(Holder(holder, credentials), Unknown, subject, error.Status, severity), "", error.Message);
        }
        else
        {
            var nobody = new Caller("", "", credentials.Address?.ToString()) { UserAgent = credentials.UserAgent };
            _unknown.Add(new Refusal(nobody, Unknown, subject, error.Status, Severity.Medium), "", error.Message);
        }
    }

    /// <summary>The key is valid and its holder may not do this.</summary>
    /// <param name="principal">The holder.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="credentials">What came.</param>
    /// <param name="reason">What they were told.</param>
    public void Denied(Principal principal, string operation, in Credentials credentials, string reason)
    {
        Count("denied", operation);
        var refusal = new Refusal(
            Holder(principal, credentials), "access.denied", new GrainId("operation", operation), StatusCode.PermissionDenied, Severity.Medium);
        _known.Add(refusal, "", reason);
    }

    /// <summary>What answers an operation that would have changed something, or a denial of it, said no.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="request">The request; null where it was a stream.</param>
    /// <param name="call">On whose behalf.</param>
    /// <param name="error">The answer.</param>
    public void Answered(Operation operation, IMessage? request, Call call, ClusterException error)
    {
        var isDenial = error.Status is StatusCode.PermissionDenied or StatusCode.Unauthenticated;
        var isRefusal = isDenial || (!operation.ReadOnly && error.Status is StatusCode.InvalidArgument or StatusCode.NotFound
            or StatusCode.AlreadyExists or StatusCode.ResourceExhausted or StatusCode.FailedPrecondition or StatusCode.OutOfRange);
        if (!isRefusal)
        {
            return;
        }

        var subject = operation.GrainType is { } type && request is not null && operation.KeyOf(request) is { Length: > 0 } key
            ? new GrainId(type, key)
            : new GrainId("operation", operation.PublicName());
        var severity = isDenial ? Severity.Medium : Severity.Low;
        _known.Add(new Refusal(call.Caller, operation.PublicName(), subject, error.Status, severity), call.RequestId, error.Message);
    }

    /// <summary>There was no room.</summary>
    public void Full() => _refused.Add(1, KeyValuePair.Create<string, object?>("reason", "full"));

    /// <summary>Writes what was refused since the last time; where that fails, it is tried again the next time.</summary>
    public async Task Write(CancellationToken cancellationToken)
    {
        await Write(_known, cancellationToken);
        await Write(_unknown, cancellationToken);
    }

    public void Dispose() => _meter.Dispose();

    private static Caller Holder(Principal principal, in Credentials credentials) =>
        new(principal.KeyId, principal.Key.Name, credentials.Address?.ToString())
        {
            Role = principal.Grants.HighestRole,
            UserAgent = credentials.UserAgent,
        };

    private async Task Write(RefusalBook book, CancellationToken cancellationToken)
    {
        var sums = book.Take();
        if (sums.Count == 0)
        {
            return;
        }

        var changes = _database.Change();
        foreach (var sum in sums)
        {
            sum.AuditTo(changes);
        }

        try
        {
            await _database.Commit(changes, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            LogNotWritten(error, sums.Count);
            book.PutBack(sums);
        }
    }

    private void Count(string reason, string operation) => _refused.Add(
        1,
        KeyValuePair.Create<string, object?>("reason", reason),
        KeyValuePair.Create<string, object?>("operation", operation));

    [LoggerMessage(4101, LogLevel.Warning, "{Count} refusals could not be written into the audit log; they are written later")]
    private partial void LogNotWritten(Exception error, int count);
}
