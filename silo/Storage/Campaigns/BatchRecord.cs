using Cluster.Solana;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>A row of <c>campaign_batches</c> without its transaction's bytes: one transaction that a lane signed.</summary>
internal sealed record BatchRecord
{
    public required long Batch { get; init; }

    public required long First { get; init; }

    public required long Last { get; init; }

    public required BatchStatus Status { get; init; }

    /// <summary>How many transactions were signed in a row for these recipients, this one included.</summary>
    public required int Attempts { get; init; }

    public required Signature Signature { get; init; }

    public required ulong LastValidBlockHeight { get; init; }

    /// <summary>Where it landed; 0 until then.</summary>
    public ulong Slot { get; init; }

    /// <summary>What its recipients get, in base units.</summary>
    public required ulong Amount { get; init; }

    /// <summary>Lamports.</summary>
    public required ulong Fee { get; init; }

    /// <summary>Lamports that go into new token accounts of recipients.</summary>
    public required ulong Rent { get; init; }

    /// <summary>Why it failed, in words.</summary>
    public string Error { get; init; } = "";

    /// <summary>How many recipients it pays.</summary>
    public int Count => checked((int)(Last - First + 1));

    /// <summary>It can never pay, and its recipients wait to be put into new batches or to fail.</summary>
    public bool IsBroken => Status is BatchStatus.Expired or BatchStatus.Rejected or BatchStatus.Unfunded;
}

/// <summary>Where a batch stands.</summary>
internal enum BatchStatus
{
    /// <summary>Committed and being sent; its outcome is not known.</summary>
    Signed,

    /// <summary>On chain, but a fork could still drop it.</summary>
    Confirmed,

    /// <summary>Paid for good.</summary>
    Finalized,

    /// <summary>Proved never to land; its recipients wait to be put into new batches.</summary>
    Expired,

    /// <summary>Landed with an error for good; its recipients wait to be put into smaller batches, or to fail.</summary>
    Rejected,

    /// <summary>Landed with an error for good because the lane lacked tokens or lamports; no recipient is at fault.</summary>
    Unfunded,

    /// <summary>Was one of the last three, and its recipients are in later batches or have failed.</summary>
    Replaced,
}
