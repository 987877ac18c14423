using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Hosting;

/// <summary>What hosts log. Event ids are stable; operators build alerts on them.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Operation} failed. Request id {RequestId}.")]
    public static partial void OperationFailed(ILogger logger, string operation, string requestId, Exception error);

    [LoggerMessage(1002, LogLevel.Warning, "{Operation} could not reach the database. Request id {RequestId}.")]
    public static partial void DatabaseAway(ILogger logger, string operation, string requestId, Exception error);

    [LoggerMessage(1003, LogLevel.Error, "{Grain} could not be activated.")]
    public static partial void ActivationFailed(ILogger logger, GrainId grain, Exception error);

    [LoggerMessage(1004, LogLevel.Error, "{Grain} failed in its last turn; it is dropped all the same.")]
    public static partial void DeactivationFailed(ILogger logger, GrainId grain, Exception error);

    [LoggerMessage(1005, LogLevel.Warning, "{Grain} met a stale version in {Operation} and starts anew from what was committed. Request id {RequestId}.")]
    public static partial void StaleVersion(ILogger logger, GrainId grain, string operation, string requestId);

    [LoggerMessage(1006, LogLevel.Warning, "{Grain} refused its timer's turn.")]
    public static partial void TimerRefused(ILogger logger, GrainId grain, Exception error);

    [LoggerMessage(1007, LogLevel.Warning, "Stopped with {Count} grains still busy after {Limit}, among them {Grains}. What they did not commit did not happen.")]
    public static partial void StoppedBusy(ILogger logger, int count, TimeSpan limit, string grains);

    [LoggerMessage(1008, LogLevel.Information, "The host of grains is ready: {Types}.")]
    public static partial void Started(ILogger logger, string types);

    [LoggerMessage(1009, LogLevel.Information, "The host of grains has stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1020, LogLevel.Warning, "Reminder {Name} of {Grain} failed (attempt {Attempt}); it is tried again in {Delay}.")]
    public static partial void ReminderFailed(ILogger logger, string name, GrainId grain, int attempt, TimeSpan delay, Exception error);

    [LoggerMessage(1021, LogLevel.Warning, "Reminders cannot be read; they are looked for every {Delay} until they can.")]
    public static partial void RemindersUnavailable(ILogger logger, TimeSpan delay, Exception error);

    [LoggerMessage(1022, LogLevel.Information, "Reminders can be read again.")]
    public static partial void RemindersAvailable(ILogger logger);

    [LoggerMessage(1023, LogLevel.Warning, "The end of reminder {Name} of {Grain} could not be written; it fires again when it is no longer held.")]
    public static partial void ReminderNotWritten(ILogger logger, string name, GrainId grain, Exception error);

    [LoggerMessage(1030, LogLevel.Information, "Removed {Count} recorded answers older than {Age}.")]
    public static partial void AnswersForgotten(ILogger logger, int count, TimeSpan age);

    [LoggerMessage(1031, LogLevel.Warning, "Old recorded answers could not be removed; it is tried again in {Delay}.")]
    public static partial void ForgettingFailed(ILogger logger, TimeSpan delay, Exception error);
}
