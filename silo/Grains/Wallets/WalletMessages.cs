using Cluster.Silo.Storage.Wallets;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Rows as the contracts tell them.</summary>
internal static class WalletMessages
{
    public static Wallet Of(WalletRecord wallet) => new()
    {
        WalletId = wallet.WalletId,
        Kind = wallet.Kind,
        Address = wallet.Address.ToString(),
        Label = wallet.Label,
        ParentWalletId = wallet.ParentWalletId ?? "",
        DerivationPath = wallet.DerivationPath ?? "",
        CreateTime = wallet.CreatedAt.ToTimestamp(),
        Version = (ulong)wallet.Version,
        FreezeReason = wallet.Freeze?.Reason ?? "",
        FreezeTime = wallet.Freeze?.At.ToTimestamp(),
        DeletionRequestTime = wallet.DeletionRequestedAt?.ToTimestamp(),
        DeleteTime = wallet.DeletedAt?.ToTimestamp(),
        ApprovalThreshold = (uint)(wallet.Approval?.Threshold ?? 0),
    };

    public static Transfer Of(TransferRecord transfer) => new()
    {
        TransferId = transfer.TransferId.ToString(),
        WalletId = transfer.WalletId,
        Destination = transfer.Destination.ToString(),
        Mint = transfer.Mint?.ToString() ?? "",
        Amount = transfer.Amount,
        Status = transfer.Status,
        Signature = transfer.Signature.ToString(),
        LastValidBlockHeight = transfer.LastValidBlockHeight,
        FeeLamports = transfer.FeeLamports,
        RentLamports = transfer.RentLamports,
        Error = transfer.Error,
        Slot = transfer.Slot,
        CreateTime = transfer.CreatedAt.ToTimestamp(),
        SettleTime = transfer.SettledAt?.ToTimestamp(),
        Memo = transfer.Memo,
    };
}
