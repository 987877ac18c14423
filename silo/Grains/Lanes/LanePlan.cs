using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Signed transactions that nobody has sent, and recipients that cannot be paid: prepared beside the turns, entered
/// into the books by one.
/// </summary>
internal sealed record LanePlan
{
    /// <summary>For recipients not reached before: the first one that the plan covers, else 0.</summary>
    public long First { get; init; }

    /// <summary>For recipients not reached before: the first one behind the plan; null where it replaces batches.</summary>
    public long? Next { get; init; }

    /// <summary>Batches that expired or landed with an error, and whose recipients the plan covers.</summary>
    public IReadOnlyList<long> Replaced { get; init; } = [];

    /// <summary>In order of sequence.</summary>
    public required IReadOnlyList<PlannedBatch> Batches { get; init; }

    /// <summary>In order of sequence.</summary>
    public required IReadOnlyList<PaymentFailure> Failures { get; init; }

    /// <summary>Nothing to enter.</summary>
    public bool IsEmpty => Next is null && Replaced.Count == 0;
}

/// <summary>One signed transaction of a plan.</summary>
internal sealed record PlannedBatch
{
    public required long First { get; init; }

    public required long Last { get; init; }

    public required int Attempts { get; init; }

    public required Signature Signature { get; init; }

    public required byte[] Transaction { get; init; }

    public required ulong LastValidBlockHeight { get; init; }

    public required ulong Amount { get; init; }

    /// <summary>Lamports.</summary>
    public required ulong Fee { get; init; }

    /// <summary>Lamports.</summary>
    public required ulong Rent { get; init; }

    /// <summary>The row under its number.</summary>
    public BatchRecord Record(long batch) => new()
    {
        Batch = batch,
        First = First,
        Last = Last,
        Status = BatchStatus.Signed,
        Attempts = Attempts,
        Signature = Signature,
        LastValidBlockHeight = LastValidBlockHeight,
        Amount = Amount,
        Fee = Fee,
        Rent = Rent,
    };

    /// <summary>For the sender.</summary>
    public SignedTransaction ToSend() => new(Signature, Transaction, LastValidBlockHeight);
}
