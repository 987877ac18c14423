namespace Cluster.Solana;

/// <summary>A blockhash that new transactions can be signed with.</summary>
/// <param name="Blockhash">The hash that goes into the message.</param>
/// <param name="LastValidBlockHeight">The last block height at which a transaction with this hash can land.</param>
/// <param name="Slot">The slot that the node answered from.</param>
public readonly record struct RecentBlockhash(Blockhash Blockhash, ulong LastValidBlockHeight, ulong Slot);
