namespace Cluster.Tests.Support;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, on the caller's thread,
/// in the order in which they are due (equal times: in the order in which they were armed), with the clock showing the
/// moment each was due. So `Task.Delay(d, clock)`, `PeriodicTimer`, `CancellationTokenSource(d, clock)` and
/// <see cref="TimeProvider.CreateTimer"/> are all deterministic.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _armed = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;
    private long _armings;

    public FakeTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public FakeTimeProvider(DateTimeOffset start) => _start = start;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait to fire: what a test awaits before it moves the clock.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _start + _elapsed;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    /// <summary>Completes as soon as at least <paramref name="count"/> timers are armed; needs no polling.</summary>
    public Task TimersArmedAsync(int count, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_armed.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Moves the clock and fires what falls due on the way, periodic timers as often as they are due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan target;
        lock (_gate)
        {
            target = _elapsed + by;
        }

        while (TakeDue(target) is { } due)
        {
            due.Fire();
        }

        lock (_gate)
        {
            // A callback may itself have advanced the clock further: time never runs backwards.
            _elapsed = _elapsed > target ? _elapsed : target;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(this, callback, state, ExecutionContext.Capture());
        timer.Change(dueTime, period);
        return timer;
    }

    private Timer? TakeDue(TimeSpan target)
    {
        lock (_gate)
        {
            var next = _armed.Where(timer => timer.Due <= target).OrderBy(timer => (timer.Due, timer.Order)).FirstOrDefault();
            if (next is null)
            {
                return null;
            }

            _armed.Remove(next);
            _elapsed = _elapsed > next.Due ? _elapsed : next.Due;
            if (next.Period > TimeSpan.Zero)
            {
                Arm(next, next.Due + next.Period);
            }

            return next;
        }
    }

    private void Arm(Timer timer, TimeSpan due)
    {
        timer.Due = due;
        timer.Order = ++_armings;
        _armed.Add(timer);
        foreach (var waiter in _waiters.FindAll(waiter => waiter.Count <= _armed.Count))
        {
            _waiters.Remove(waiter);
            waiter.Reached.SetResult();
        }
    }

    private sealed class Timer(FakeTimeProvider clock, TimerCallback callback, object? state, ExecutionContext? context) : ITimer
    {
        private bool _disposed;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public long Order { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool fireNow;
            lock (clock._gate)
            {
                if (_disposed)
                {
                    return false;
                }

                clock._armed.Remove(this);
                Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                fireNow = dueTime == TimeSpan.Zero;
                var first = fireNow ? Period : dueTime;
                if (first > TimeSpan.Zero)
                {
                    clock.Arm(this, clock._elapsed + first);
                }
            }

            if (fireNow)
            {
                // As with the system's timers: due now means on a pool thread, never inside the call that armed it.
                ThreadPool.QueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            }

            return true;
        }

        public void Fire()
        {
            if (context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(context, static boxed => ((Timer)boxed!).Invoke(), this);
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                clock._armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Invoke() => callback(state);
    }
}
