namespace Cluster.Solana;

/// <summary>
/// A transaction that is ready to be sent. Its owner has already committed all three values to durable storage: what
/// cannot be found again after a crash must not be handed to a sender.
/// </summary>
/// <param name="Signature">The first signature, by which the ledger knows the transaction.</param>
/// <param name="Bytes">The wire format, at most 1,232 bytes. Must not change while it is in flight.</param>
/// <param name="LastValidBlockHeight">The last block height at which the transaction can land.</param>
public sealed record SignedTransaction(Signature Signature, ReadOnlyMemory<byte> Bytes, ulong LastValidBlockHeight);
