using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Audit;

/// <summary>What is logged about the audit log itself.</summary>
internal static partial class AuditLog
{
    [LoggerMessage(1100, LogLevel.Information, "The audit log is sealed up to {Anchor}; cluster audit verify --anchor takes it")]
    public static partial void Anchored(ILogger logger, AuditAnchor anchor);

    [LoggerMessage(1101, LogLevel.Critical, "The audit log was cut off or rewritten: it was sealed up to {Seen}, and now ends with {Found}. Run cluster audit verify --anchor {Seen}")]
    public static partial void CutOff(ILogger logger, AuditAnchor seen, string found);

    [LoggerMessage(1102, LogLevel.Warning, "Audit rows could not be sealed; it is tried again every {Period}")]
    public static partial void NotSealed(ILogger logger, TimeSpan period, Exception error);

    [LoggerMessage(1103, LogLevel.Warning, "{Count} refusals could not be written into the audit log; it is tried again")]
    public static partial void RefusalsNotWritten(ILogger logger, int count, Exception error);
}
