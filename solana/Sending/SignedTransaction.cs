namespace Cluster.Solana;

/// <summary>
/// A transaction that is ready to be sent. Its owner has already committed all three values to durable storage: what
/// cannot be found again after a crash must not be handed to a sender.
/// </summary>
/// <param name="Signature">The first signature, by which the ledger knows the transaction.</param>
/// <param name="Bytes">The wire format, at most 1,232 bytes. Must not change while it is in flight.</param>
/// <param name="LastValidBlockHeight">The last block height at which the transaction can land.</param>
public sealed record SignedTransaction(Signature Signature, ReadOnlyMemory<byte> Bytes, ulong LastValidBlockHeight)
{
    /// <summary>The most bytes that a transaction may have: what fits an IPv6 packet (<c>PACKET_DATA_SIZE</c>).</summary>
    public const int MaxBytes = 1232;

    /// <summary>Signatures follow their number, which is one byte up to 127 of them.</summary>
    private const int FirstSignature = 1;

    /// <summary>Refuses bytes that would be looked up under another signature than the one they land under.</summary>
    internal void ThrowIfNotConsistent(string parameter)
    {
        if (Bytes.Length is < FirstSignature + Signature.Size or > MaxBytes)
        {
            throw new ArgumentException($"transaction {Signature} has {Bytes.Length} bytes and must have 65 to {MaxBytes}", parameter);
        }

        if (Signature.FromBytes(Bytes.Span.Slice(FirstSignature, Signature.Size)) != Signature)
        {
            throw new ArgumentException($"the bytes of transaction {Signature} carry another signature", parameter);
        }
    }
}
