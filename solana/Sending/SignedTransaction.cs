namespace Cluster.Solana;

/// <summary>
/// A transaction that is ready to be sent. Its owner has already committed all three values to durable storage: what
/// cannot be found again after a crash must not be handed to a sender.
/// </summary>
/// <param name="Signature">The first signature, by which the ledger knows the transaction.</param>
/// <param name="Bytes">The wire format, at most <see cref="Transaction.MaxSize"/> bytes. Must not change while it is in flight.</param>
/// <param name="LastValidBlockHeight">The last block height at which the transaction can land.</param>
public sealed record SignedTransaction(Signature Signature, ReadOnlyMemory<byte> Bytes, ulong LastValidBlockHeight)
{
    /// <summary>Signatures follow their number, which is one byte up to 127 of them.</summary>
    private const int FirstSignature = 1;

    /// <summary>Refuses bytes that would be looked up under another signature than the one they land under.</summary>
    internal void ThrowIfNotConsistent(string parameter)
    {
        if (Bytes.Length is < FirstSignature + Signature.Size or > Transaction.MaxSize)
        {
            throw new ArgumentException($"transaction {Signature} has {Bytes.Length} bytes and must have 65 to {Transaction.MaxSize}", parameter);
        }

        if (Signature.FromBytes(Bytes.Span.Slice(FirstSignature, Signature.Size)) != Signature)
        {
            throw new ArgumentException($"the bytes of transaction {Signature} carry another signature", parameter);
        }
    }
}
