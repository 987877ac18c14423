namespace Cluster.Solana;

/// <summary>How settled the ledger must be that an answer is taken from.</summary>
public enum Commitment
{
    /// <summary>The node's newest block, which a fork may still drop.</summary>
    Processed,

    /// <summary>Voted on by two thirds of the stake; dropped only in a rare fork.</summary>
    Confirmed,

    /// <summary>Rooted by two thirds of the stake, some 32 slots later; never dropped.</summary>
    Finalized,
}
