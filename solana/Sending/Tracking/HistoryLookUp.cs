namespace Cluster.Solana;

/// <summary>
/// Asks one node, in this order: what it has finalized, whether it knows the signatures (with history), and, where an
/// unknown one is past its last valid height, whether it holds every block in which that could have landed. Only all
/// three together, from the same node, prove that a transaction will never land: a node that lags fails the slot's
/// comparison, one that has pruned its ledger or came up from a snapshot fails the last question, and one that does not
/// answer fails them all.
/// </summary>
internal static class HistoryLookUp
{
    /// <summary>Slots a node takes in one <c>getBlocks</c>.</summary>
    private const ulong MaxRange = 500_000;

    /// <summary>Slots asked for beyond the blocks needed, for those that were skipped: a quarter and some more.</summary>
    private const ulong SparseSlots = 64;

    public static async Task<(IReadOnlyList<SignatureStatus?> Statuses, HistoryView View)> Ask(
        RpcNode node, IReadOnlyList<TrackedTransaction> chunk, CancellationToken ct)
    {
        var rpc = node.Client;
        await node.TakeRequest(ct);
        var finalized = await rpc.GetEpochInfo(RpcQuery.Finalized, ct);
        await node.TakeRequest(ct);
        var reply = await rpc.GetSignatureStatuses([.. chunk.Select(tracked => tracked.Transaction.Signature)], searchHistory: true, ct);
        node.ObserveSlot(reply.Slot);
        var view = new HistoryView(finalized.AbsoluteSlot, finalized.BlockHeight, reply.Slot, CompleteFromHeight: null);
        if (OldestDecided(chunk, reply.Value, view) is { } fromHeight)
        {
            view = view with { CompleteFromHeight = await CompleteFrom(node, finalized, fromHeight, ct) };
        }

        return (reply.Value, view);
    }

    /// <summary>The first height that matters for any unknown signature past its last valid height; null where there is none.</summary>
    private static ulong? OldestDecided(
        IReadOnlyList<TrackedTransaction> chunk, IReadOnlyList<SignatureStatus?> statuses, HistoryView view)
    {
        ulong? oldest = null;
        for (var i = 0; i < chunk.Count; i++)
        {
            var last = chunk[i].Transaction.LastValidBlockHeight;
            if (statuses[i] is null && view.IsPast(last))
            {
                oldest = Math.Min(oldest ?? ulong.MaxValue, HistoryView.FirstHeightOf(last));
            }
        }

        return oldest;
    }

    /// <summary>
    /// The height asked for where the node holds every block from there to the finalized one, or null. Heights count
    /// blocks without gaps, so if the slots that it lists are as many as the heights between, none is missing.
    /// </summary>
    private static async Task<ulong?> CompleteFrom(RpcNode node, EpochInfo finalized, ulong fromHeight, CancellationToken ct)
    {
        var needed = finalized.BlockHeight - fromHeight + 1;
        for (var range = needed + (needed / 4) + SparseSlots; ; range *= 2)
        {
            range = Math.Min(range, MaxRange);
            var first = finalized.AbsoluteSlot - Math.Min(finalized.AbsoluteSlot, range - 1);
            await node.TakeRequest(ct);
            var slots = await node.Client.GetBlocks(first, finalized.AbsoluteSlot, RpcQuery.Finalized, ct);
            if ((ulong)slots.Count >= needed)
            {
                var slot = slots[slots.Count - (int)needed];
                await node.TakeRequest(ct);
                return await node.Client.GetHeightOfBlock(slot, RpcQuery.Finalized, ct) == fromHeight ? fromHeight : null;
            }

            if (range == MaxRange || first == 0)
            {
                return null;
            }
        }
    }
}
