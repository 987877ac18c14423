using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Npgsql;

namespace Cluster.Gateway.Access;

/// <summary>
/// Counts refused requests, and writes into the audit log which key was denied which operation and how often. What is
/// written is summed up first, so that a caller who is denied a million times costs one row a period.
/// </summary>
internal sealed partial class RefusalLog : IDisposable
{
    /// <summary>Distinct refusals kept until they are written; more are only counted.</summary>
    private const int MaxDistinct = 1_000;

    private readonly ConcurrentDictionary<Denial, int> _denials = new();
    private readonly Database _database;
    private readonly ILogger<RefusalLog> _log;
    private readonly Meter _meter;
    private readonly Counter<long> _refused;

    public RefusalLog(Database database, IMeterFactory meters, ILogger<RefusalLog> log)
    {
        _database = database;
        _log = log;
        _meter = meters.Create("Cluster.Gateway");
        _refused = _meter.CreateCounter<long>("cluster.gateway.refused", "{request}", "Requests refused before they reached an operation.");
    }

    /// <summary>No valid key came with the request.</summary>
    public void Unauthenticated(string operation, StatusCode status) =>
        Count(status == StatusCode.Unavailable ? "keys_unavailable" : "unauthenticated", operation);

    /// <summary>The key is valid and its holder may not do this.</summary>
    public void Denied(Principal principal, string operation, IPAddress? address)
    {
        Count("denied", operation);
        if (_denials.Count < MaxDistinct)
        {
            _denials.AddOrUpdate(
                new Denial(new Caller(principal.KeyId, principal.Key.Name, address?.ToString()), operation),
                1,
                static (_, count) => count + 1);
        }
    }

    /// <summary>There was no room.</summary>
    public void Full() => _refused.Add(1, KeyValuePair.Create<string, object?>("reason", "full"));

    /// <summary>Writes what was denied since the last time; where that fails, it is tried again the next time.</summary>
    public async Task Write(CancellationToken cancellationToken)
    {
        var changes = _database.Change();
        var written = new List<KeyValuePair<Denial, int>>();
        foreach (var denial in _denials.Keys)
        {
            if (_denials.TryRemove(denial, out var count))
            {
                written.Add(KeyValuePair.Create(denial, count));
                changes.Audit(
                    new Call(denial.Caller, RequestId: ""),
                    "access.denied",
                    new GrainId("operation", denial.Operation),
                    $$"""{"count":{{count}}}""");
            }
        }

        if (written.Count == 0)
        {
            return;
        }

        try
        {
            await _database.Commit(changes, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            LogNotWritten(error, written.Count);
            foreach (var (denial, count) in written)
            {
                _denials.AddOrUpdate(denial, count, (_, more) => more + count);
            }
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Count(string reason, string operation) => _refused.Add(
        1,
        KeyValuePair.Create<string, object?>("reason", reason),
        KeyValuePair.Create<string, object?>("operation", operation));

    [LoggerMessage(4101, LogLevel.Warning, "{Count} refusals could not be written into the audit log; they are written later")]
    private partial void LogNotWritten(Exception error, int count);

    private readonly record struct Denial(Caller Caller, string Operation);
}
