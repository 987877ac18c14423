using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>Who must agree to what is paid from a wallet.</summary>
/// <param name="Threshold">How many of them; 1 or more.</param>
/// <param name="Approvers">Ids of principals.</param>
public sealed record ApprovalRule(int Threshold, IReadOnlyList<string> Approvers);

/// <summary>A row of <c>wallet_proposals</c>.</summary>
public sealed record ProposalRecord
{
    /// <summary>The proposal.</summary>
    public required Guid ProposalId { get; init; }

    /// <summary>The wallet that would pay, or get other approvers.</summary>
    public required string WalletId { get; init; }

    /// <summary>Whether it still waits.</summary>
    public required ProposalState State { get; init; }

    /// <summary>Whom to pay; null for a change of approvers.</summary>
    public required PublicKey? Destination { get; init; }

    /// <summary>What to pay; null for SOL.</summary>
    public required PublicKey? Mint { get; init; }

    /// <summary>Base units; 0 for a change of approvers.</summary>
    public required ulong Amount { get; init; }

    /// <summary>Put on chain with the payment.</summary>
    public required string Memo { get; init; }

    /// <summary>The approvers from then on; null for a payment.</summary>
    public required ApprovalRule? Rule { get; init; }

    /// <summary>The principal that made it.</summary>
    public required string ProposedBy { get; init; }

    /// <summary>Principals that have agreed, in their order.</summary>
    public required IReadOnlyList<string> ApprovedBy { get; init; }

    /// <summary>The payment; null until it is made.</summary>
    public required Guid? TransferId { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Grows with every change.</summary>
    public required long Version { get; init; }
}
