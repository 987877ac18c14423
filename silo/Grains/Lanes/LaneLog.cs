using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>What lanes say in the log; event ids 4100 to 4199.</summary>
internal static partial class LaneLog
{
    [LoggerMessage(4100, LogLevel.Information, "Lane {LaneId}: {From} -> {To}")]
    public static partial void StateChanged(ILogger logger, string laneId, string from, string to);

    [LoggerMessage(4101, LogLevel.Warning, "Lane {LaneId} stopped and needs a person: {Reason}")]
    public static partial void Stalled(ILogger logger, string laneId, string reason);

    [LoggerMessage(4102, LogLevel.Warning, "Lane {LaneId} was held up ({Attempt} times in a row) and tries again in {Delay}")]
    public static partial void HeldUp(ILogger logger, string laneId, int attempt, TimeSpan delay, Exception error);

    [LoggerMessage(4103, LogLevel.Information, "Lane {LaneId} took up {Batches} batches that an earlier activation had signed")]
    public static partial void TookUp(ILogger logger, string laneId, int batches);

    [LoggerMessage(4104, LogLevel.Information, "Lane {LaneId} looked up {Recipients} recipients: {Batches} batches, {Missing} token accounts to make, {Refused} cannot be paid")]
    public static partial void Scanned(ILogger logger, string laneId, long recipients, long batches, long missing, long refused);

    [LoggerMessage(4105, LogLevel.Warning, "Lane {LaneId} replaces {Batches} batches that expired or landed without paying; first: {Reason}")]
    public static partial void Replacing(ILogger logger, string laneId, int batches, string reason);

    [LoggerMessage(4106, LogLevel.Information, "Lane {LaneId}: {Failures} recipients cannot be paid, the first is {Address}: {Reason}")]
    public static partial void RecipientsFailed(ILogger logger, string laneId, int failures, string address, string reason);

    [LoggerMessage(4107, LogLevel.Warning, "Lane {LaneId} could not tell its campaign; the campaign's reminder will look")]
    public static partial void ReportNotTaken(ILogger logger, string laneId, Exception error);
}
