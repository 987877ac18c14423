namespace Cluster.Grpc.Server.Internal;

/// <summary>
/// What ends a call from outside: its deadline, the client's going away and, for streams, the host's stopping. Made only
/// for calls that have more than the client to fear.
/// </summary>
internal sealed class CallLifetime : IDisposable
{
    /// <summary>What timers take at most; a call with a deadline weeks away needs none.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _clientGone;
    private readonly CancellationTokenRegistration _hostStopping;
    private readonly ITimer? _timer;
    private readonly TaskCompletionSource _deadlinePassed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallLifetime(TimeSpan? timeout, TimeProvider clock, CancellationToken clientGone, CancellationToken hostStopping)
    {
        Token = _source.Token;
        _clientGone = clientGone.UnsafeRegister(static lifetime => ((CallLifetime)lifetime!)._source.Cancel(), this);
        _hostStopping = hostStopping.UnsafeRegister(static lifetime => ((CallLifetime)lifetime!)._source.Cancel(), this);
        if (timeout is not { } remaining)
        {
            return;
        }

        var now = clock.GetUtcNow();
        Deadline = remaining < DateTimeOffset.MaxValue - now ? now + remaining : DateTimeOffset.MaxValue;
        if (remaining <= TimeSpan.Zero)
        {
            PassDeadline();
        }
        else if (remaining <= LongestTimer)
        {
            _timer = clock.CreateTimer(static lifetime => ((CallLifetime)lifetime!).PassDeadline(), this, remaining, Timeout.InfiniteTimeSpan);
        }
    }

    public DateTimeOffset? Deadline { get; }

    /// <summary>Stays readable when the call is over.</summary>
    public CancellationToken Token { get; }

    public bool HasDeadlinePassed => _deadlinePassed.Task.IsCompleted;

    public Task DeadlinePassed => _deadlinePassed.Task;

    public void Dispose()
    {
        // The source itself is left to the collector: a timer or an abort that fires this instant may still cancel it.
        _timer?.Dispose();
        _clientGone.Unregister();
        _hostStopping.Unregister();
    }

    private void PassDeadline()
    {
        _deadlinePassed.TrySetResult();
        _source.Cancel();
    }
}
