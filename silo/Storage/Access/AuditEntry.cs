namespace Cluster.Silo.Storage.Access;

/// <summary>One change, as the audit log tells it.</summary>
/// <param name="Id">Grows with every entry.</param>
/// <param name="At">When.</param>
/// <param name="CallerId">On whose behalf.</param>
/// <param name="CallerName">For people.</param>
/// <param name="CallerAddress">From where; null for the cluster itself.</param>
/// <param name="Operation">For example <c>wallet.transfer</c>.</param>
/// <param name="SubjectType">What kind of thing was changed.</param>
/// <param name="SubjectKey">Which one.</param>
/// <param name="RequestId">In every log line of the same call.</param>
/// <param name="Detail">Figures, a JSON object.</param>
public sealed record AuditEntry(
    long Id,
    DateTimeOffset At,
    string CallerId,
    string CallerName,
    string? CallerAddress,
    string Operation,
    string SubjectType,
    string SubjectKey,
    string RequestId,
    string Detail);
