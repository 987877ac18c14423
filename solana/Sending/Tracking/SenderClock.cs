namespace Cluster.Solana;

/// <summary>Time since the sender was made, on whatever clock it was given.</summary>
internal sealed class SenderClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    public TimeSpan Now => time.GetElapsedTime(_origin);
}
