namespace Cluster.Solana;

/// <summary>When to send and to look up again: often while something is likely to have happened, seldom otherwise.</summary>
internal sealed class Cadence(SolanaOptions options)
{
    /// <summary>An unconfirmed transaction is looked up no less often than every so many slots.</summary>
    private const int SlowestLookUpSlots = 5;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SlowestProof = TimeSpan.FromSeconds(10);

    /// <summary>A transaction just sent has nothing to show before a slot has passed.</summary>
    public TimeSpan Slot => options.SlotDuration;

    /// <summary>Until the next send, after one that ended so.</summary>
    public TimeSpan AfterSend(SendResult result, int sends) => result.Failure?.Failure switch
    {
        // Most likely not taken: the next attempt need not wait for the whole interval.
        RpcFailure.RateLimited or RpcFailure.Unreachable or RpcFailure.MethodNotSupported =>
            Backoff.Exponential(sends, FirstRetry, options.ResendInterval),
        _ => Backoff.Spread(options.ResendInterval),
    };

    /// <summary>Until the next look-up of a transaction that was first sent so long ago and is not confirmed.</summary>
    public TimeSpan AfterLookUp(TimeSpan sinceFirstSent)
    {
        var slot = options.SlotDuration;
        return TimeSpan.FromTicks(Math.Clamp(sinceFirstSent.Ticks / 4, slot.Ticks, slot.Ticks * SlowestLookUpSlots));
    }

    /// <summary>Until the next look-up with history, after so many in a row that proved nothing.</summary>
    public TimeSpan AfterFruitless(int lookUps) => Backoff.Exponential(lookUps, options.SlotDuration, SlowestProof);
}
