namespace Cluster.Solana;

/// <summary>The newest finalized slot that any node has shown, and the block height there.</summary>
internal readonly record struct FinalizedPoint(ulong Slot, ulong Height);
