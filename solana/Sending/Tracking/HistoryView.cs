namespace Cluster.Solana;

/// <summary>
/// What one node showed in a look-up with history: enough to tell «will never land» from «not seen».
/// </summary>
/// <param name="FinalizedSlot">A slot that the node had finalized before it was asked.</param>
/// <param name="FinalizedHeight">The block height at that slot.</param>
/// <param name="ContextSlot">The slot that the node says it answered the look-up from.</param>
/// <param name="CompleteFromHeight">
/// The node holds every block from this height to the finalized one, checked after the look-up; null where that is not
/// known.
/// </param>
internal readonly record struct HistoryView(
    ulong FinalizedSlot, ulong FinalizedHeight, ulong ContextSlot, ulong? CompleteFromHeight)
{
    /// <summary>Blocks for which a blockhash can be used after its own (<c>MAX_PROCESSING_AGE</c> of the runtime).</summary>
    public const ulong BlockhashLifetime = 150;

    /// <summary>
    /// The first height at which a transaction can land whose last one is given: the block after the one that its
    /// blockhash is of, and never the genesis block.
    /// </summary>
    public static ulong FirstHeightOf(ulong lastValidBlockHeight) =>
        lastValidBlockHeight > BlockhashLifetime ? lastValidBlockHeight - BlockhashLifetime + 1 : 1;

    /// <summary>Whether it is past its last valid height, so that a complete history decides.</summary>
    public bool IsPast(ulong lastValidBlockHeight) =>
        FinalizedHeight > lastValidBlockHeight && ContextSlot >= FinalizedSlot;

    /// <summary>Whether a transaction that the look-up did not find can never land.</summary>
    public bool ProvesExpiry(ulong lastValidBlockHeight) =>
        IsPast(lastValidBlockHeight) && CompleteFromHeight <= FirstHeightOf(lastValidBlockHeight);
}
