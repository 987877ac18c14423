namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>
/// Lets at most so many operations leave in any window of ten seconds; the rest wait their turn, in order. Each one's
/// departure is the earliest moment at which the one that came so many before it is a window away.
/// </summary>
/// <param name="operationsPerWindow">At least 1.</param>
/// <param name="maxWait">Who would wait longer is sent away.</param>
/// <param name="time">The clock.</param>
internal sealed class OperationBudget(int operationsPerWindow, TimeSpan maxWait, TimeProvider time)
{
    /// <summary>The window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly TimeSpan[] _departures = [.. Enumerable.Repeat(-Window, operationsPerWindow)];
    private readonly long _start = time.GetTimestamp();
    private int _next;
    private int _waiting;

    /// <summary>What callers wait for at present, with figures; null where nobody waits.</summary>
    public string? Congestion
    {
        get
        {
            lock (_gate)
            {
                var wait = Earliest() - Now;
                return _waiting > 0 && wait > TimeSpan.Zero
                    ? $"{_waiting:N0} operations wait for the limit of {operationsPerWindow:N0} in {Window.TotalSeconds:N0} s; the next one to come waits {wait.TotalSeconds:N1} s"
                    : null;
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Returns when the operation may leave.</summary>
    /// <param name="cancellationToken">Gives up; the place is not given to another.</param>
    /// <exception cref="KeyException">Too many wait.</exception>
    public async ValueTask Enter(CancellationToken cancellationToken)
    {
        TimeSpan delay;
        lock (_gate)
        {
            var now = Now;
            var departure = Earliest();
            departure = departure > now ? departure : now;
            delay = departure - now;
            if (delay > maxWait)
            {
                throw new KeyException(
                    $"{_waiting:N0} operations wait for the limit of {operationsPerWindow:N0} in {Window.TotalSeconds:N0} s, so that this one would wait {delay.TotalSeconds:N0} s; try again later.",
                    isTransient: true);
            }

            _departures[_next] = departure;
            _next = (_next + 1) % _departures.Length;
            if (delay == TimeSpan.Zero)
            {
                return;
            }

            _waiting++;
        }

        try
        {
            // Timers fire a little early now and then, and the limit is another's.
            while (delay > TimeSpan.Zero)
            {
                var due = Now + delay;
                await Task.Delay(delay, time, cancellationToken);
                delay = due - Now;
            }
        }
        finally
        {
            lock (_gate)
            {
                _waiting--;
            }
        }
    }

    private TimeSpan Earliest() => _departures[_next] + Window;
}
