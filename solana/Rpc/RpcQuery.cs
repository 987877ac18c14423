namespace Cluster.Solana;

/// <summary>From which state of the ledger a call wants its answer.</summary>
/// <param name="Commitment">How settled; null leaves it to the node, which takes finalized.</param>
/// <param name="MinContextSlot">
/// The slot that the node must have reached; otherwise it answers <see cref="RpcFailure.NodeBehind"/>.
/// </param>
public readonly record struct RpcQuery(Commitment? Commitment = null, ulong? MinContextSlot = null)
{
    /// <summary>Asks for what is finalized.</summary>
    public static RpcQuery Finalized { get; } = new(Solana.Commitment.Finalized);

    /// <summary>Asks for what is confirmed.</summary>
    public static RpcQuery Confirmed { get; } = new(Solana.Commitment.Confirmed);

    /// <summary>Asks for the node's newest state.</summary>
    public static RpcQuery Processed { get; } = new(Solana.Commitment.Processed);
}
