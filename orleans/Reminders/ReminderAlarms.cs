using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cluster.OrleansHost.Calls;
using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using OrleansGrainId = Orleans.Runtime.GrainId;

namespace Cluster.OrleansHost.Reminders;

/// <summary>
/// Wakes grains to the second, as long as this silo lives: wherever the grain is by then, it looks at its reminder's row.
/// An alarm too many costs one look; one too few, and Orleans' reminder wakes the grain later.
/// </summary>
internal sealed class ReminderAlarms(
    IGrainFactory factory, IOptions<OrleansOptions> options, TimeProvider time, ILogger<ReminderAlarms> logger) : IDisposable
{
    private static readonly TimeSpan Latest = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(GrainId Grain, string Name), ITimer> _alarms = new();
    private volatile bool _stopped;

    /// <summary>How many alarms are set.</summary>
    public int Count => _alarms.Count;

    /// <summary>Wakes the grain then, and not when it was said before.</summary>
    public void Arm(GrainId grain, string name, DateTimeOffset at)
    {
        var left = at - time.GetUtcNow();
        left = left < TimeSpan.Zero ? TimeSpan.Zero : left > Latest ? Latest : left;
        var alarm = _alarms.GetOrAdd((grain, name), static (key, self) => self.Create(key), this);
        if (!_stopped)
        {
            alarm.Change(left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>There is nothing to wake for any more.</summary>
    public void Disarm(GrainId grain, string name)
    {
        if (_alarms.TryRemove((grain, name), out var alarm))
        {
            alarm.Dispose();
        }
    }

    /// <summary>Has the grain look at its reminder, wherever it is.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a silo from being reached, the next wake tries again.")]
    public async Task Wake(GrainId grain, string name)
    {
        try
        {
            await factory.GetGrain<IGrainShell>(OrleansGrainId.Create(grain.Type, grain.Key)).Wake(name);
        }
        catch (Exception error)
        {
            if (!_stopped)
            {
                OrleansLog.WakeFailed(logger, name, grain, options.Value.WakePeriod, error);
            }
        }
    }

    public void Dispose()
    {
        _stopped = true;
        foreach (var alarm in _alarms.Values)
        {
            alarm.Dispose();
        }
    }

    /// <summary>The silo that the grain is on by then sets the next alarm: here none may stay for a grain that has moved.</summary>
    private void Ring((GrainId Grain, string Name) key)
    {
        Disarm(key.Grain, key.Name);
        _ = Wake(key.Grain, key.Name);
    }

    private ITimer Create((GrainId Grain, string Name) key)
    {
        // A timer must not hold on to whatever was current when its reminder was set.
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        try
        {
            return time.CreateTimer(_ => Ring(key), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            flow?.Undo();
        }
    }
}
