namespace Cluster.Tests.Silo.Hosting;

/// <summary>The clock as one process has it: when that dies, none of its timers fires any more.</summary>
public sealed class ProcessClock(TimeProvider clock) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ITimer> _timers = [];
    private bool _dead;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            var timer = clock.CreateTimer(callback, state, _dead ? Timeout.InfiniteTimeSpan : dueTime, period);
            _timers.Add(timer);
            return timer;
        }
    }

    /// <summary>Stops all timers for good.</summary>
    public void Die()
    {
        lock (_gate)
        {
            _dead = true;
            _timers.ForEach(timer => timer.Dispose());
        }
    }
}
