namespace Cluster.Silo.Hosting;

/// <summary>Makes a call's cancellation fire at its deadline. Made once a call, and shared by all the calls that it leads to.</summary>
internal sealed class CallDeadline : IDisposable
{
    /// <summary>A timer may fire a little before the clock on the wall shows its moment.</summary>
    private static readonly TimeSpan TimerInaccuracy = TimeSpan.FromMilliseconds(20);

    /// <summary>Timers hold no longer times, and nothing here waits as long.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private readonly DateTimeOffset _at;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationToken _token;
    private volatile bool _disposed;

    private CallDeadline(DateTimeOffset at, TimeSpan left, TimeProvider time, CancellationToken caller)
    {
        _at = at;
        _source = new CancellationTokenSource(left, time);
        _token = _source.Token;
        _caller = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>Whether a call's deadline has passed.</summary>
    public static bool HasPassed(Call call, TimeProvider time) =>
        call.Deadline is { } deadline && time.GetUtcNow() + TimerInaccuracy >= deadline;

    /// <summary>Gives a call a cancellation that fires at its deadline.</summary>
    /// <param name="call">A call; one without a deadline gets one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long a call waits that came without a deadline.</param>
    /// <param name="armed">To be disposed when the call has ended; null where the call had what it needs.</param>
    public static Call Arm(Call call, TimeProvider time, TimeSpan patience, out CallDeadline? armed)
    {
        if (call.Armed is { _disposed: false } earlier && earlier._at == call.Deadline && earlier._token == call.Cancellation)
        {
            armed = null;
            return call;
        }

        var now = time.GetUtcNow();
        var at = call.Deadline ?? now + patience;
        var left = at - now;
        left = left < TimeSpan.Zero ? TimeSpan.Zero : left > LongestWait ? LongestWait : left;
        armed = new CallDeadline(at, left, time, call.Cancellation);
        return call with { Deadline = at, Cancellation = armed._token, Armed = armed };
    }

    public void Dispose()
    {
        _disposed = true;
        _caller.Dispose();
        _source.Dispose();
    }
}
