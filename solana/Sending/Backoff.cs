namespace Cluster.Solana;

/// <summary>Waits that grow and are spread, so that many who failed together do not come back together.</summary>
internal static class Backoff
{
    /// <summary>
    /// <paramref name="first"/> doubled with each attempt (counted from 0) up to <paramref name="longest"/>, of which
    /// a random half to whole is waited.
    /// </summary>
    public static TimeSpan Exponential(int attempt, TimeSpan first, TimeSpan longest)
    {
        var full = Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Clamp(attempt, 0, 30)));
        return TimeSpan.FromSeconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    /// <summary>An interval ± 10 %.</summary>
    public static TimeSpan Spread(TimeSpan interval) => interval * (0.9 + (Random.Shared.NextDouble() * 0.2));
}
