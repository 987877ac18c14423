using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>A row of <c>wallets</c>.</summary>
/// <param name="WalletId">Chosen by the client; a lane's has a slash.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Address">Its public key.</param>
/// <param name="Label">For people.</param>
/// <param name="ParentWalletId">Whose key its own is derived from; null where it has a key of its own.</param>
/// <param name="DerivationPath">For example <c>m/7'/0'</c>; null where it has a key of its own.</param>
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
    long Version);
