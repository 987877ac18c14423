using Cluster.V1;

namespace Cluster.Silo.Storage.Audit;

/// <summary>Words of the database for words of the API.</summary>
internal static class AuditText
{
    public static string Of(Severity severity) => severity switch
    {
        Severity.Low => "low",
        Severity.Medium => "medium",
        Severity.High => "high",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, "an entry's severity is low, medium or high"),
    };

    public static string Of(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Done => "done",
        AuditOutcome.Refused => "refused",
        AuditOutcome.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an entry's outcome is done, refused or failed"),
    };

    /// <summary>A word that was never written here, by a hand that took the check away, is no severity.</summary>
    public static Severity SeverityOf(string word) => word switch
    {
        "low" => Severity.Low,
        "medium" => Severity.Medium,
        "high" => Severity.High,
        _ => Severity.Unspecified,
    };

    public static AuditOutcome OutcomeOf(string word) => word switch
    {
        "done" => AuditOutcome.Done,
        "refused" => AuditOutcome.Refused,
        "failed" => AuditOutcome.Failed,
        _ => AuditOutcome.Unspecified,
    };

    /// <summary>The words for this severity and those above it.</summary>
    public static string[] AtLeast(Severity severity) =>
        [.. new[] { Severity.Low, Severity.Medium, Severity.High }.Where(each => each >= severity).Select(Of)];
}
