namespace Cluster.Silo.Grains.Lanes;

/// <summary>Something that a lane's pump has done or learned beside the turns, for a turn to enter into the books.</summary>
internal abstract record LaneStep
{
    /// <summary>The lane's range is owed so many tokens, which the source can begin to send while accounts are looked up.</summary>
    public sealed record TokensCounted(ulong Tokens) : LaneStep;

    /// <summary>
    /// The source can spare what the lane needs at the very most, which it can begin to send while accounts are looked up.
    /// </summary>
    public sealed record LamportsReckoned(ulong Lamports, ulong FeePrice) : LaneStep;

    /// <summary>Every account was looked up: the lane needs so many lamports.</summary>
    public sealed record Scanned(ulong Lamports, ulong FeePrice) : LaneStep;

    /// <summary>A deposit is confirmed, in that slot.</summary>
    public sealed record DepositArrived(DepositKind Kind, int Attempt, ulong Slot) : LaneStep;

    /// <summary>A deposit's transfer has ended without paying; it can be asked for anew.</summary>
    public sealed record DepositLost(DepositKind Kind, int Attempt, string Reason) : LaneStep;

    /// <summary>The source refuses to send a deposit to a cancelled lane: there is none to wait for.</summary>
    public sealed record DepositForgone(DepositKind Kind, int Attempt) : LaneStep;

    /// <summary>The lane has run short, and needs so much more.</summary>
    public sealed record RunShort(ulong Tokens, ulong Lamports) : LaneStep;

    /// <summary>The lane could be emptied, but lacks the lamports that sending its tokens back takes.</summary>
    public sealed record SweepUnfunded(ulong Lamports) : LaneStep;

    /// <summary>Batches are signed.</summary>
    public sealed record Planned(LanePlan Plan) : LaneStep;

    /// <summary>Nothing is left to pay.</summary>
    /// <param name="LandedSlot">The newest slot in which any of it landed.</param>
    /// <param name="Rent">Lamports that recipients' token accounts have truly cost.</param>
    public sealed record PaidOut(ulong LandedSlot, ulong Rent) : LaneStep;

    /// <summary>The sweep is final, and the wallet is empty.</summary>
    public sealed record Swept(int Attempt) : LaneStep;

    /// <summary>The sweep's transfer has ended without emptying the wallet.</summary>
    public sealed record SweepLost(int Attempt, string Reason) : LaneStep;

    /// <summary>A person is needed.</summary>
    public sealed record Stuck(string Reason) : LaneStep;
}

/// <summary>What a deposit brings.</summary>
internal enum DepositKind
{
    /// <summary>Tokens to pay out.</summary>
    Tokens,

    /// <summary>Lamports for fees and rent; in a SOL campaign also those to pay out.</summary>
    Lamports,
}
