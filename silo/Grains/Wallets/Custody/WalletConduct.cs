using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;

namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>What a wallet of each kind and state may do.</summary>
internal static class WalletConduct
{
    /// <summary>Refuses to use the key of a wallet that is frozen, or deleted, or whose key is elsewhere.</summary>
    /// <param name="wallet">Would pay.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: why.</exception>
    public static void RequireMayPay(WalletRecord wallet)
    {
        if (Refusal(wallet) is { } why)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, why + ".");
        }
    }

    /// <summary>Why nothing can be paid from a wallet, in words; null where it may pay.</summary>
    /// <param name="wallet">Would pay.</param>
    public static string? Refusal(WalletRecord wallet) => wallet switch
    {
        { HasKeyHere: false } =>
            $"wallet {wallet.WalletId} is only watched: the key of {wallet.Address} is not in this cluster, which can look at it and pay nothing from it",
        { DeletedAt: { } at } => $"wallet {wallet.WalletId} was deleted at {at:u}, and its key destroyed",
        { DeletionRequestedAt: { } at } => $"wallet {wallet.WalletId} is to be deleted, as was asked for at {at:u}; take that back with CancelDeletion to pay from it",
        { Freeze: { } freeze } => $"wallet {wallet.WalletId} is frozen since {freeze.At:u}: {freeze.Reason}",
        _ => null,
    };
}
