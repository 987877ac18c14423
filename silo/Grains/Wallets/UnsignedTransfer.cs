using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Grains.Wallets.Sweeps;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Plans as rows, but for signature and bytes.</summary>
internal static class UnsignedTransfer
{
    public static TransferRecord Of(string walletId, PaymentPlan plan, DateTimeOffset now) => new()
    {
        TransferId = Guid.CreateVersion7(now),
        WalletId = walletId,
        Kind = TransferKind.Transfer,
        Destination = plan.Order.Destination,
        Mint = plan.Order.Mint,
        Amount = plan.Order.Amount,
        Memo = plan.Order.Memo,
        Status = TransferStatus.Pending,
        FeeLamports = plan.Fee,
        RentLamports = plan.Rent,
        Transaction = default,
        Signature = default,
        LastValidBlockHeight = plan.Facts.Terms.Blockhash.LastValidBlockHeight,
        Slot = 0,
        Error = "",
        CreatedAt = now,
        SettledAt = null,
    };

    public static TransferRecord Of(string walletId, SweepPlan plan, PublicKey? mint, DateTimeOffset now) => new()
    {
        TransferId = Guid.CreateVersion7(now),
        WalletId = walletId,
        Kind = TransferKind.Sweep,
        Destination = plan.Destination,
        Mint = mint,
        Amount = mint is null ? plan.Lamports : plan.Facts.Token?.Account.Amount ?? 0,
        Memo = "",
        Status = TransferStatus.Pending,
        FeeLamports = plan.Fee,
        RentLamports = plan.Rent,
        Transaction = default,
        Signature = default,
        LastValidBlockHeight = plan.Facts.Terms.Blockhash.LastValidBlockHeight,
        Slot = 0,
        Error = "",
        CreatedAt = now,
        SettledAt = null,
    };
}
