using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>What a wallet of each kind and state may do.</summary>
internal static class WalletConduct
{
    /// <summary>Refuses to pay from a wallet that is frozen or whose key is elsewhere.</summary>
    /// <param name="wallet">Would pay.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: why.</exception>
    public static void RequireMayPay(WalletRecord wallet)
    {
        RequireKeyHere(wallet);
        if (wallet.Freeze is { } freeze)
        {
            throw Refused($"wallet {wallet.WalletId} is frozen since {freeze.At:u}: {freeze.Reason}");
        }
    }

    /// <summary>Refuses a wallet whose key is elsewhere.</summary>
    /// <param name="wallet">Needs its key.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: it is not here.</exception>
    public static void RequireKeyHere(WalletRecord wallet)
    {
        if (wallet.Kind == WalletKind.WatchOnly)
        {
            throw Refused($"wallet {wallet.WalletId} is only watched: the key of {wallet.Address} is not in this cluster, which can look at it and pay nothing from it");
        }
    }

    private static ClusterException Refused(string why) => new(StatusCode.FailedPrecondition, why + ".");
}
