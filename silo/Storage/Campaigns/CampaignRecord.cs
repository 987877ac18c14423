using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>A row of <c>campaigns</c>.</summary>
internal sealed record CampaignRecord
{
    public required string CampaignId { get; init; }

    public required string Name { get; init; }

    /// <summary>The wallet that pays.</summary>
    public required string WalletId { get; init; }

    /// <summary>Null for SOL.</summary>
    public required PublicKey? Mint { get; init; }

    /// <summary>The owner of the mint account; null for SOL.</summary>
    public required PublicKey? TokenProgram { get; init; }

    public required byte Decimals { get; init; }

    public required CampaignState State { get; init; }

    public required DuplicatePolicy Duplicates { get; init; }

    public required OffCurvePolicy OffCurve { get; init; }

    /// <summary>0 until the start where the number is left to the cluster.</summary>
    public required int Lanes { get; init; }

    /// <summary>First index of the lanes' derivation paths; given by the database, 0 before the row is inserted.</summary>
    public int DerivationIndex { get; init; }

    /// <summary>Recipients bear the sequences 1 to this.</summary>
    public long Recipients { get; init; }

    public ulong TotalAmount { get; init; }

    public long RejectedRows { get; init; }

    /// <summary>Token accounts that the last estimate found missing; null where there was none since the last upload.</summary>
    public long? MissingAccounts { get; init; }

    /// <summary>The upload under way; null where there is none.</summary>
    public string? UploadId { get; init; }

    /// <summary>When the upload under way counts as abandoned.</summary>
    public DateTimeOffset? UploadLease { get; init; }

    /// <summary>Why the cluster paused the campaign; empty where a person did.</summary>
    public string PauseReason { get; init; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long Version { get; init; } = 1;
}
