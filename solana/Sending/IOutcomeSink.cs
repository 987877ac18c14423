namespace Cluster.Solana;

/// <summary>Takes what a sender learns of the transactions submitted with it.</summary>
public interface IOutcomeSink
{
    /// <summary>
    /// Takes a batch of outcomes: one batch at a time, those of one transaction in the order they happened, each at
    /// least once. If it throws or passes its deadline, the same outcomes come again after a backoff, perhaps with
    /// newer ones.
    /// </summary>
    Task OnOutcomes(IReadOnlyList<TransactionOutcome> outcomes, CancellationToken ct);
}
