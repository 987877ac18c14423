namespace Cluster.Gateway.Access;

/// <summary>How many rows may be written: a burst, and so many a second, whatever callers do. Not for several threads at once.</summary>
/// <param name="burst">Rows at once.</param>
/// <param name="perSecond">Rows a second in the long run.</param>
/// <param name="time">The clock.</param>
internal sealed class RowBudget(int burst, double perSecond, TimeProvider time)
{
    /// <summary>Between rows that stand for all that there was no budget for.</summary>
    private static readonly TimeSpan RestPeriod = TimeSpan.FromMinutes(1);

    private double _left = burst;
    private long _filledAt = time.GetTimestamp();
    private long? _restAt;

    /// <summary>Whether another row may be written.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(burst, _left + (time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
        _filledAt = now;
        if (_left < 1)
        {
            return false;
        }

        _left--;
        return true;
    }

    /// <summary>Whether a row may be written for the rest, once a minute at most.</summary>
    public bool TryTakeForTheRest()
    {
        if (_restAt is { } last && time.GetElapsedTime(last) < RestPeriod)
        {
            return false;
        }

        _restAt = time.GetTimestamp();
        return true;
    }

    /// <summary>Gives back what was not used.</summary>
    /// <param name="rows">How many.</param>
    public void Return(int rows) => _left = Math.Min(burst, _left + rows);
}
