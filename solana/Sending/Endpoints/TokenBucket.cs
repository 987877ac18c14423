namespace Cluster.Solana;

/// <summary>
/// Lets so many permits a second through, a second's worth at once. A taker that comes too early waits its turn:
/// permits are given out in order, by letting the balance go below zero and waiting until it would be back.
/// </summary>
internal sealed class TokenBucket(double perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly double _capacity = Math.Max(1, perSecond);
    private double _balance = Math.Max(1, perSecond);
    private long _filledAt = time.GetTimestamp();

    /// <summary>Takes permits, waiting until they are due. Without a limit it never waits.</summary>
    public ValueTask Take(int permits, CancellationToken ct)
    {
        if (perSecond <= 0)
        {
            return ValueTask.CompletedTask;
        }

        var wait = Reserve(permits);
        return wait <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, time, ct));
    }

    private TimeSpan Reserve(int permits)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _balance = Math.Min(_capacity, _balance + (time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
            _filledAt = now;
            _balance -= permits;
            return _balance >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_balance / perSecond);
        }
    }
}
