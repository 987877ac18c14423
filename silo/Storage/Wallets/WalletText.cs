using Cluster.V1;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>How the rows write what the contracts enumerate.</summary>
internal static class WalletText
{
    public static string Of(WalletKind kind) => kind switch
    {
        WalletKind.Project => "project",
        WalletKind.User => "user",
        WalletKind.Treasury => "treasury",
        WalletKind.Lane => "lane",
        WalletKind.Imported => "imported",
        WalletKind.WatchOnly => "watch_only",
        WalletKind.Hot => "hot",
        WalletKind.Cold => "cold",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind of wallet"),
    };

    public static WalletKind ParseWalletKind(string text) => text switch
    {
        "project" => WalletKind.Project,
        "user" => WalletKind.User,
        "treasury" => WalletKind.Treasury,
        "lane" => WalletKind.Lane,
        "imported" => WalletKind.Imported,
        "watch_only" => WalletKind.WatchOnly,
        "hot" => WalletKind.Hot,
        "cold" => WalletKind.Cold,
        _ => throw new FormatException($"wallets.kind holds {text}"),
    };

    public static string Of(TransferStatus status) => status switch
    {
        TransferStatus.Pending => "pending",
        TransferStatus.Confirmed => "confirmed",
        TransferStatus.Finalized => "finalized",
        TransferStatus.Failed => "failed",
        TransferStatus.Expired => "expired",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "no such status"),
    };

    public static TransferStatus ParseTransferStatus(string text) => text switch
    {
        "pending" => TransferStatus.Pending,
        "confirmed" => TransferStatus.Confirmed,
        "finalized" => TransferStatus.Finalized,
        "failed" => TransferStatus.Failed,
        "expired" => TransferStatus.Expired,
        _ => throw new FormatException($"wallet_transactions.status holds {text}"),
    };

    public static string Of(TransferKind kind) => kind switch
    {
        TransferKind.Transfer => "transfer",
        TransferKind.Sweep => "sweep",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind of transfer"),
    };

    public static TransferKind ParseTransferKind(string text) => text switch
    {
        "transfer" => TransferKind.Transfer,
        "sweep" => TransferKind.Sweep,
        _ => throw new FormatException($"wallet_transactions.kind holds {text}"),
    };
}
