using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Wallets;

internal static partial class WalletLog
{
    [LoggerMessage(1300, LogLevel.Debug, "Wallet {WalletId} hands {Count} payments to the sender that were in flight before")]
    public static partial void TakenUp(ILogger logger, string walletId, int count);

    [LoggerMessage(1301, LogLevel.Warning, "Wallet {WalletId} could not hand {Count} payments to the sender; its reminder will")]
    public static partial void NotSubmitted(ILogger logger, string walletId, int count, Exception error);

    [LoggerMessage(1302, LogLevel.Debug, "Wallet {WalletId} stopped before {Count} payments were with the sender; its next activation hands them over")]
    public static partial void LeftForLater(ILogger logger, string walletId, int count);
}
