namespace Cluster.Grpc.Server.Internal;

/// <summary>The deadline of one call, and the token that it shares with the client's going away.</summary>
internal sealed class CallDeadline : IDisposable
{
    /// <summary>What timers take at most; a call with a deadline weeks away needs none.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _clientGone;
    private readonly ITimer? _timer;
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallDeadline(TimeSpan timeout, TimeProvider clock, CancellationToken clientGone)
    {
        var now = clock.GetUtcNow();
        At = timeout < DateTimeOffset.MaxValue - now ? now + timeout : DateTimeOffset.MaxValue;
        Token = _source.Token;
        if (timeout <= TimeSpan.Zero)
        {
            Pass();
            return;
        }

        _clientGone = clientGone.UnsafeRegister(static deadline => ((CallDeadline)deadline!)._source.Cancel(), this);
        _timer = timeout <= LongestTimer
            ? clock.CreateTimer(static deadline => ((CallDeadline)deadline!).Pass(), this, timeout, Timeout.InfiniteTimeSpan)
            : null;
    }

    public DateTimeOffset At { get; }

    /// <summary>Stays readable when the call is over.</summary>
    public CancellationToken Token { get; }

    public bool HasPassed => _passed.Task.IsCompleted;

    public Task Passed => _passed.Task;

    public void Dispose()
    {
        // The source itself is left to the collector: a timer or an abort that fires this instant may still cancel it.
        _timer?.Dispose();
        _clientGone.Unregister();
    }

    private void Pass()
    {
        _passed.TrySetResult();
        _source.Cancel();
    }
}
