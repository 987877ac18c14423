namespace Cluster.Silo.Storage.Campaigns;

/// <summary>How far a lane is, or all lanes of a campaign together.</summary>
/// <param name="Paid">Recipients whose payment is confirmed or final.</param>
/// <param name="PaidAmount">What they were paid, in base units.</param>
/// <param name="Finalized">Of them, those whose payment is final.</param>
/// <param name="InFlight">Recipients in signed batches whose outcome is not known.</param>
/// <param name="Failed">Recipients that cannot be paid.</param>
/// <param name="Transactions">Batches that landed, with or without an error.</param>
/// <param name="Fees">Lamports that they cost.</param>
/// <param name="Rent">Lamports that recipients' token accounts cost.</param>
/// <param name="Resigned">Batches signed anew after they had expired.</param>
internal readonly record struct LaneProgress(
    long Paid,
    ulong PaidAmount,
    long Finalized,
    long InFlight,
    long Failed,
    long Transactions,
    ulong Fees,
    ulong Rent,
    long Resigned);
