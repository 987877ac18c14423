using Cluster.V1;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>A row of <c>campaign_lanes</c>.</summary>
internal sealed record LaneRecord
{
    public required string CampaignId { get; init; }

    public required int Lane { get; init; }

    /// <summary>The lane's own wallet.</summary>
    public required string WalletId { get; init; }

    public required LaneState State { get; init; }

    public bool Paused { get; init; }

    public bool Cancelled { get; init; }

    /// <summary>Why the lane cannot go on without a person; empty otherwise.</summary>
    public string Stalled { get; init; } = "";

    /// <summary>Sequence of the lane's first recipient.</summary>
    public required long First { get; init; }

    /// <summary>Sequence of its last one.</summary>
    public required long Last { get; init; }

    /// <summary>The first recipient that is neither in a batch nor failed; <see cref="Last"/> + 1 where there is none.</summary>
    public required long Next { get; init; }

    /// <summary>The number of the next batch.</summary>
    public long NextBatch { get; init; }

    public Deposit Tokens { get; init; }

    public Deposit Lamports { get; init; }

    /// <summary>Which attempt at the sweep is under way; 0 where none has begun.</summary>
    public int SweepAttempt { get; init; }

    /// <summary>
    /// The newest slot in which a deposit or a payment landed: an answer of the chain from before it says nothing about what
    /// the lane holds. Stays as it is once the sweep has begun, whose request names it.
    /// </summary>
    public ulong LandedSlot { get; init; }

    /// <summary>Deposits and sweeps lost, and shortages, since a payment was last finalized or a person resumed the lane.</summary>
    public int Setbacks { get; init; }

    /// <summary>Micro-lamports a compute unit with which the lane's lamports were reckoned; null where they were not yet.</summary>
    public ulong? FeePrice { get; init; }

    public LaneProgress Progress { get; init; }

    public long Version { get; init; } = 1;
}

/// <summary>What the source wallet pays into a lane's wallet.</summary>
/// <param name="Amount">Base units.</param>
/// <param name="Attempt">From 1; 0 where nothing was ever asked for. It is part of the transfer's request id.</param>
/// <param name="Arrived">The transfer is confirmed.</param>
internal readonly record struct Deposit(ulong Amount, int Attempt, bool Arrived)
{
    /// <summary>A transfer was asked for and has not arrived yet.</summary>
    public bool IsDue => Attempt > 0 && !Arrived;
}
