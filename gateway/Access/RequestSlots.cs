namespace Cluster.Gateway.Access;

/// <summary>Counts requests under way up to a bound.</summary>
internal sealed class RequestSlots(int capacity)
{
    private int _taken;

    /// <summary>How many there may be at once.</summary>
    public int Capacity => capacity;

    /// <summary>How many there are.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes one, or answers false where all are taken.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= capacity)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void Release() => Interlocked.Decrement(ref _taken);
}
