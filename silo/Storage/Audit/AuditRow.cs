using Cluster.Silo.Hosting;
using Cluster.V1;

namespace Cluster.Silo.Storage.Audit;

/// <summary>What the audit log tells of one change or refusal: all that a row's MAC covers.</summary>
/// <param name="EntryId">Of this row alone, so that a copy of it shows.</param>
/// <param name="At">When, to the microsecond.</param>
/// <param name="Caller">On whose behalf, and from where.</param>
/// <param name="Operation">For example <c>wallet.transfer</c>.</param>
/// <param name="Subject">What was changed.</param>
/// <param name="RequestId">In every log line of the same call.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Severity">How much it should alarm.</param>
/// <param name="Detail">Figures, a JSON object.</param>
public sealed record AuditRow(
    Guid EntryId,
    DateTimeOffset At,
    Caller Caller,
    string Operation,
    GrainId Subject,
    string RequestId,
    AuditOutcome Outcome,
    Severity Severity,
    string Detail)
{
    /// <summary>Characters of a program's name for itself that are kept; it is the caller's to choose.</summary>
    private const int LongestUserAgent = 200;

    /// <summary>A row about now.</summary>
    /// <param name="now">The time; PostgreSQL keeps microseconds of it.</param>
    /// <param name="call">Who, and under which request.</param>
    /// <param name="operation">What was done or refused.</param>
    /// <param name="subject">To what.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="severity">How much it should alarm.</param>
    /// <param name="detail">Figures, a JSON object.</param>
    internal static AuditRow Of(
        DateTimeOffset now, Call call, string operation, GrainId subject, AuditOutcome outcome, Severity severity, string detail)
    {
        var caller = call.Caller.UserAgent.Length > LongestUserAgent
            ? call.Caller with { UserAgent = call.Caller.UserAgent[..LongestUserAgent] }
            : call.Caller;
        var microseconds = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        return new(Guid.CreateVersion7(now), microseconds, caller, operation, subject, call.RequestId, outcome, severity, detail);
    }
}

/// <summary>A row as it stands in the log.</summary>
/// <param name="AuditId">Grows with every row, with gaps.</param>
/// <param name="Row">What it tells.</param>
/// <param name="KeyId">Under which key its MAC is; empty where it has none.</param>
/// <param name="Mac">Over <paramref name="Row"/>; empty where it was written before rows had MACs.</param>
public sealed record StoredAuditRow(long AuditId, AuditRow Row, string KeyId, ReadOnlyMemory<byte> Mac);
