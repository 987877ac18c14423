using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>
/// What a wallet can spend: what the chain has, less what payments in flight have reserved (money rule 6).
/// </summary>
/// <remarks>
/// Only this wallet takes money out of itself, so every snapshot of the chain, however old, less every payment that it
/// does not show yet, is a lower bound of what there is. Of an old and a new snapshot the books keep the one that gives
/// more: a new one may show payments as taken that the books still hold as reserved, because the chain is ahead of what
/// the sender has told. That double counting ends by itself, and a snapshot older than any payment can live in flight
/// is given up for a new one whatever it gives.
/// </remarks>
internal sealed class WalletBooks
{
    /// <summary>Longer than 150 blocks take: a payment that was in flight when a snapshot was taken is settled by then.</summary>
    private static readonly TimeSpan LongestFlight = TimeSpan.FromMinutes(3);

    private readonly Dictionary<Signature, TransferRecord> _open = [];
    private readonly Dictionary<PublicKey, Snapshot> _tokens = [];
    private Snapshot? _lamports;

    /// <summary>Payments whose outcome can still change.</summary>
    public IReadOnlyCollection<TransferRecord> Open => _open.Values;

    /// <summary>Where the latest settled payment landed: what the chain had before it says too much.</summary>
    public ulong LastSettledSlot { get; private set; }

    /// <summary>The open payment with this signature; null where there is none.</summary>
    public TransferRecord? Find(in Signature signature) => _open.GetValueOrDefault(signature);

    /// <summary>Reserves what a signed payment takes, or follows an open one to its new status.</summary>
    public void Hold(TransferRecord transfer) => _open[transfer.Signature] = transfer;

    /// <summary>Payments up to this slot are settled: what the chain had before it says too much.</summary>
    /// <param name="slot">Where the latest of them landed.</param>
    public void RequireSince(ulong slot) => LastSettledSlot = Math.Max(LastSettledSlot, slot);

    /// <summary>Ends a payment: what it took is taken from snapshots that are too old to show it, the rest is free again.</summary>
    public void Settle(TransferRecord transfer)
    {
        _open.Remove(transfer.Signature);
        RequireSince(transfer.Slot);
        var taken = Debit.Final(transfer);
        _lamports = Less(_lamports, transfer.Slot, taken.Lamports);
        if (taken.Mint is { } mint && Less(SnapshotOf(mint), transfer.Slot, taken.Tokens) is { } less)
        {
            _tokens[mint] = less;
        }
    }

    /// <summary>Takes in what the chain has, unless it is older than what is known, as from a node that lags.</summary>
    /// <param name="asset">A mint; null for SOL.</param>
    /// <param name="seen">The chain's answer.</param>
    public void Observe(PublicKey? asset, Snapshot seen)
    {
        if (seen.Slot < LastSettledSlot
            || (SnapshotOf(asset) is { } known && (seen.Slot < known.Slot || MayCountTwice(asset, known, seen))))
        {
            return;
        }

        if (asset is { } mint)
        {
            _tokens[mint] = seen;
        }
        else
        {
            _lamports = seen;
        }
    }

    /// <summary>What is known to be left of an asset, never below zero; null where the chain was not asked, or gave old answers only.</summary>
    /// <param name="asset">A mint; null for SOL.</param>
    public ulong? Available(PublicKey? asset) => SnapshotOf(asset) is { } known ? (ulong)Int128.Max(0, Spendable(asset, known)) : null;

    /// <summary>What payments hold back of an asset that a snapshot of this slot does not show as taken yet.</summary>
    /// <param name="asset">A mint; null for SOL.</param>
    /// <param name="slot">The snapshot's.</param>
    public ulong Reserved(PublicKey? asset, ulong slot)
    {
        ulong reserved = 0;
        foreach (var transfer in _open.Values)
        {
            if (transfer.Slot == 0 || transfer.Slot > slot)
            {
                reserved = checked(reserved + Debit.Of(transfer).Of(asset));
            }
        }

        return reserved;
    }

    /// <summary>Of the snapshot that <see cref="Available"/> goes by, what payments hold back.</summary>
    /// <param name="asset">A mint; null for SOL.</param>
    public ulong Reserved(PublicKey? asset) => Reserved(asset, SnapshotOf(asset)?.Slot ?? 0);

    /// <summary>Forgets snapshots: a payment failed, so something has happened that the books did not foresee.</summary>
    public void Doubt()
    {
        _lamports = null;
        _tokens.Clear();
    }

    private Snapshot? SnapshotOf(PublicKey? asset) =>
        asset is not { } mint ? _lamports : _tokens.TryGetValue(mint, out var known) ? known : null;

    private bool MayCountTwice(PublicKey? asset, in Snapshot known, in Snapshot seen) =>
        seen.TakenAt - known.TakenAt < LongestFlight
        && Reserved(asset, seen.Slot) > 0
        && Spendable(asset, seen) < Spendable(asset, known);

    private Int128 Spendable(PublicKey? asset, in Snapshot snapshot) => (Int128)snapshot.Amount - Reserved(asset, snapshot.Slot);

    private static Snapshot? Less(Snapshot? snapshot, ulong slot, ulong taken) =>
        snapshot is { } known && known.Slot < slot ? known with { Amount = known.Amount - Math.Min(known.Amount, taken) } : snapshot;
}
