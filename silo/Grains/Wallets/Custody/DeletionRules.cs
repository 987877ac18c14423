using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>When a wallet may be deleted. Each rule throws <see cref="StatusCode.FailedPrecondition"/> with what to do.</summary>
internal static class DeletionRules
{
    public static void RequireNotBegun(WalletRecord wallet)
    {
        if (wallet.DeletionRequestedAt is not null)
        {
            throw Refused(wallet, wallet.DeletedAt is null ? "its deletion was asked for already" : "it is deleted already");
        }
    }

    public static void RequireBegun(WalletRecord wallet)
    {
        if (wallet.DeletionRequestedAt is null || wallet.DeletedAt is not null)
        {
            throw Refused(wallet, wallet.DeletedAt is null ? "nobody has asked for it; call RequestDeletion first" : "it is deleted already");
        }
    }

    public static void RequireIdle(WalletRecord wallet, int inFlight)
    {
        if (wallet.Kind == WalletKind.Lane)
        {
            throw Refused(wallet, "it belongs to a campaign's lane");
        }

        if (inFlight > 0)
        {
            throw Refused(wallet, $"it has {inFlight} payments in flight; wait until they are settled");
        }
    }

    public static void RequireEmpty(WalletRecord wallet, ulong lamports, IReadOnlyList<PublicKey> mints)
    {
        if (mints.Count > 0)
        {
            throw Refused(wallet, $"it has {mints.Count} token accounts, one of them for mint {mints[0]}; empty it first");
        }

        if (lamports > 0)
        {
            throw Refused(wallet, $"it holds {lamports:N0} lamports; empty it first");
        }
    }

    private static ClusterException Refused(WalletRecord wallet, string why) =>
        new(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} cannot be deleted: {why}.");
}
