using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>What a wallet of each kind and state may do.</summary>
internal static class WalletConduct
{
    /// <summary>Refuses to use the key of a wallet that is frozen, or deleted, or whose key is elsewhere.</summary>
    /// <param name="wallet">Would pay.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: why.</exception>
    public static void RequireMayPay(WalletRecord wallet)
    {
        Require(Refusal(wallet));
    }

    /// <summary>Refuses a payment of a wallet that is frozen or deleted, wherever its key is.</summary>
    /// <param name="wallet">Would pay.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: why.</exception>
    public static WalletRecord Unheld(WalletRecord wallet)
    {
        Require(StateRefusal(wallet));
        return wallet;
    }

    /// <summary>Why a wallet cannot pay with a key of its own, in words; null where it may.</summary>
    /// <param name="wallet">Would pay.</param>
    public static string? Refusal(WalletRecord wallet) => wallet switch
    {
        { Kind: WalletKind.Cold } => $"wallet {wallet.WalletId} is cold: its key is kept offline; call PreparePayment, have the transaction signed, and call SubmitPayment",
        { Approval: { } rule } => $"wallet {wallet.WalletId} pays only what {rule.Threshold} of {rule.Approvers.Count} approvers agree to; call Propose",
        _ => StateRefusal(wallet),
    };

    /// <summary>Why nothing can be paid from a wallet, wherever its key is, in words; null where it may pay.</summary>
    /// <param name="wallet">Would pay.</param>
    public static string? StateRefusal(WalletRecord wallet) => wallet switch
    {
        { Kind: WalletKind.WatchOnly } =>
            $"wallet {wallet.WalletId} is only watched: the key of {wallet.Address} is not in this cluster, which can look at it and pay nothing from it",
        { DeletedAt: { } at } => $"wallet {wallet.WalletId} was deleted at {at:u}, and its key destroyed",
        { DeletionRequestedAt: { } at } => $"wallet {wallet.WalletId} is to be deleted, as was asked for at {at:u}; take that back with CancelDeletion to pay from it",
        { Freeze: { } freeze } => $"wallet {wallet.WalletId} is frozen since {freeze.At:u}: {freeze.Reason}",
        _ => null,
    };

    private static void Require(string? refusal)
    {
        if (refusal is not null)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, refusal + ".");
        }
    }
}
