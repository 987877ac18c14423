namespace Cluster.Solana;

/// <summary>What is to be done for the transactions in flight at one moment.</summary>
internal sealed class DueWork
{
    /// <summary>To be sent (again).</summary>
    public List<TrackedTransaction> Sends { get; } = [];

    /// <summary>To be looked up among the recent statuses.</summary>
    public List<TrackedTransaction> Recent { get; } = [];

    /// <summary>To be looked up with history: taken up, suspected of being dropped, or past their last valid height.</summary>
    public List<TrackedTransaction> History { get; } = [];
}
