using Cluster.Silo.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.OrleansHost.Hosting;

/// <summary>What the Orleans host logs beside what every host does. Event ids are stable; operators build alerts on them.</summary>
internal static partial class OrleansLog
{
    [LoggerMessage(1101, LogLevel.Warning, "{Operation} of {Grain} was lost on its way to a silo or back. Request id {RequestId}.")]
    public static partial void CallLost(ILogger logger, string operation, GrainId grain, string requestId, Exception error);

    [LoggerMessage(1102, LogLevel.Error, "{Operation} of {Grain} failed in the host. Request id {RequestId}.")]
    public static partial void CallBroken(ILogger logger, string operation, GrainId grain, string requestId, Exception error);

    [LoggerMessage(1110, LogLevel.Warning, "Reminder {Name} of {Grain} could not be looked at; it is again within {Period}.")]
    public static partial void WakeFailed(ILogger logger, string name, GrainId grain, TimeSpan period, Exception error);

    [LoggerMessage(1111, LogLevel.Warning, "The reminders of the cluster could not all be gone through; each is looked at within {Period}.")]
    public static partial void RoundFailed(ILogger logger, TimeSpan period, Exception error);

    [LoggerMessage(1112, LogLevel.Information, "Went through {Count} reminders of the cluster, since {Reason}.")]
    public static partial void RoundDone(ILogger logger, int count, string reason);

    [LoggerMessage(1120, LogLevel.Information, "This silo's roles: {Roles}.")]
    public static partial void Roles(ILogger logger, string roles);

    [LoggerMessage(1121, LogLevel.Warning, "{Setting} is set, and a silo without role signer needs none: take it out of this process's configuration.")]
    public static partial void KeyNotNeeded(ILogger logger, string setting);

    [LoggerMessage(1122, LogLevel.Warning, "No silo can be reached yet; it is tried again in {Delay}.")]
    public static partial void NoSiloYet(ILogger logger, TimeSpan delay, Exception error);
}
