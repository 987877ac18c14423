namespace Cluster.Silo.Hosting.Turns;

/// <summary>A grain's timer: each of its firings is a turn, and the next one is armed when that has ended.</summary>
internal sealed class ActivationTimer(GrainActivation activation, GrainCell cell, TimeSpan period, Func<Call, Task> turn) : IDisposable
{
    private ITimer? _timer;
    private volatile bool _stopped;

    public void Start() =>
        _timer = activation.Time.CreateTimer(static timer => _ = ((ActivationTimer)timer!).Fire(), this, period, Timeout.InfiniteTimeSpan);

    public void Stop()
    {
        _stopped = true;
        _timer?.Dispose();
    }

    public void Dispose()
    {
        activation.Forget(this);
        Stop();
    }

    private async Task Fire()
    {
        await cell.RunTimer(call => _stopped ? Task.CompletedTask : turn(call), activation);
        if (!_stopped)
        {
            _timer!.Change(period, Timeout.InfiniteTimeSpan);
        }
    }
}
