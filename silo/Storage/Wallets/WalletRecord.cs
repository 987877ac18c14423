using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>A row of <c>wallets</c>.</summary>
/// <param name="WalletId">Chosen by the client; a lane's has a slash.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Address">Its public key.</param>
/// <param name="Label">For people.</param>
/// <param name="ParentWalletId">The wallet that it stands under; null for the root of a hierarchy.</param>
/// <param name="DerivationPath">Where its key is derived from another, for example <c>m/7'/0'</c>; null where that is not known.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Grows with every change.</param>
public sealed record WalletRecord(
    string WalletId,
    WalletKind Kind,
    PublicKey Address,
    string Label,
    string? ParentWalletId,
    string? DerivationPath,
    DateTimeOffset CreatedAt,
    long Version)
{
    /// <summary>Why nothing can be paid from it; null where it may pay.</summary>
    public WalletFreeze? Freeze { get; init; }

    /// <summary>When its deletion was asked for; null where nobody has.</summary>
    public DateTimeOffset? DeletionRequestedAt { get; init; }

    /// <summary>When its key was destroyed; null where it lives.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Who must agree to payments; null where anybody with the permission pays.</summary>
    public ApprovalRule? Approval { get; init; }

    /// <summary>Whether the cluster has, or had, its private key.</summary>
    public bool HasKeyHere => Kind is not (WalletKind.WatchOnly or WalletKind.Cold);
}

/// <summary>Nothing can be paid from a wallet.</summary>
/// <param name="At">Since when.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record WalletFreeze(DateTimeOffset At, string Reason);
