namespace Cluster.Solana;

/// <summary>What the sender has learned of a transaction.</summary>
/// <param name="Signature">The transaction.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Slot">
/// Where it landed; for <see cref="OutcomeKind.Dropped"/> where it had landed; for <see cref="OutcomeKind.Expired"/> the
/// slot of the look-up that proved it.
/// </param>
/// <param name="Error">Why it failed; set for <see cref="OutcomeKind.Failed"/> only.</param>
/// <param name="FeeLamports">The fee charged, where <see cref="SubmitOptions.ReadFee"/> asked for it and a node knew it.</param>
/// <param name="Detail">For <see cref="OutcomeKind.Expired"/>: the last reason for which a node refused it, if any did.</param>
public readonly record struct TransactionOutcome(
    Signature Signature,
    OutcomeKind Kind,
    ulong Slot,
    TransactionError? Error = null,
    ulong? FeeLamports = null,
    string? Detail = null)
{
    /// <summary>Whether nothing can come after it.</summary>
    public bool IsFinal => Kind is OutcomeKind.Finalized or OutcomeKind.Failed or OutcomeKind.Expired;
}

/// <summary>
/// The stations of a transaction. <see cref="Finalized"/>, <see cref="Failed"/> and <see cref="Expired"/> are final; the
/// other two may alternate before one of them.
/// </summary>
public enum OutcomeKind
{
    /// <summary>Landed without error and confirmed; a fork can still drop it.</summary>
    Confirmed,

    /// <summary>Was confirmed, and a fork dropped it. It is being sent again, the same bytes.</summary>
    Dropped,

    /// <summary>Landed without error, for good.</summary>
    Finalized,

    /// <summary>Landed with an error, for good: it took its fee, did nothing else and can never land again.</summary>
    Failed,

    /// <summary>
    /// Proven never to land: the finalized block height has passed the transaction's last valid one, and the same node,
    /// asked with history at or after that slot, and holding the blocks of the whole window, does not know the signature.
    /// </summary>
    Expired,
}
