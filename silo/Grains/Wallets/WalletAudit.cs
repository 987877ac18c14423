using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>What an auditor wants to know of a wallet's changes.</summary>
internal static class WalletAudit
{
    public static string Created(WalletRecord wallet)
    {
        var detail = new AuditDetail().Add("kind", WalletText.Of(wallet.Kind)).Add("address", wallet.Address.ToString());
        if (wallet.ParentWalletId is { } parent)
        {
            detail.Add("parent_wallet_id", parent);
        }

        if (wallet.DerivationPath is { } path)
        {
            detail.Add("derivation_path", path);
        }

        return detail.ToString();
    }

    public static string Paid(TransferRecord transfer) => new AuditDetail()
        .Add("transfer_id", transfer.TransferId.ToString())
        .Add("destination", transfer.Destination.ToString())
        .Add("mint", transfer.Mint?.ToString() ?? "")
        .Add("amount", transfer.Amount)
        .Add("fee_lamports", transfer.FeeLamports)
        .Add("rent_lamports", transfer.RentLamports)
        .Add("signature", transfer.Signature.ToString())
        .ToString();

    public static AuditOutcome OutcomeOf(TransferRecord transfer) =>
        transfer.Status is TransferStatus.Failed or TransferStatus.Expired ? AuditOutcome.Failed : AuditOutcome.Done;

    public static string Prepared(TransferRecord payment) => new AuditDetail()
        .Add("payment_id", payment.TransferId.ToString())
        .Add("destination", payment.Destination.ToString())
        .Add("mint", payment.Mint?.ToString() ?? "")
        .Add("amount", payment.Amount)
        .ToString();

    public static string Settled(TransferRecord transfer) => new AuditDetail()
        .Add("transfer_id", transfer.TransferId.ToString())
        .Add("status", WalletText.Of(transfer.Status))
        .Add("slot", transfer.Slot)
        .Add("error", transfer.Error)
        .ToString();
}
