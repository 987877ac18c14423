using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>Everything that the sender logs. Endpoints appear by host only.</summary>
internal static partial class SenderLog
{
    [LoggerMessage(1, LogLevel.Information, "Sending to {Network} through {Hosts}")]
    public static partial void Started(ILogger logger, SolanaNetwork network, string hosts);

    [LoggerMessage(2, LogLevel.Warning, "Endpoint {Host} gave no answer: {Reason}")]
    public static partial void EndpointFailed(ILogger logger, string host, string reason);

    [LoggerMessage(3, LogLevel.Error, "Endpoint {Host} is not used: {Reason}")]
    public static partial void WrongNetwork(ILogger logger, string host, string reason);

    [LoggerMessage(4, LogLevel.Debug, "The fate of {Count} transactions sent to {Host} is unknown: {Reason}")]
    public static partial void SendUnknown(ILogger logger, int count, string host, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Endpoint {Host} takes no batches; transactions go to it one by one: {Reason}")]
    public static partial void BatchesRefused(ILogger logger, string host, string reason);

    [LoggerMessage(6, LogLevel.Error, "Endpoint {Host} keeps no history, so no expiry can be proved by it and payments may stay open; use a node with --enable-rpc-transaction-history: {Reason}")]
    public static partial void HistoryUnavailable(ILogger logger, string host, string reason);

    [LoggerMessage(7, LogLevel.Error, "A sink did not take {Count} outcomes (attempt {Attempt}); they come again")]
    public static partial void SinkFailed(ILogger logger, int count, int attempt, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "No recent priority fees, offering {MicroLamports} micro-lamports a unit: {Reason}")]
    public static partial void NoPriorityFees(ILogger logger, ulong microLamports, string reason);

    [LoggerMessage(9, LogLevel.Critical, "A task of the sender broke; it runs again")]
    public static partial void Defect(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "The blockhash could not be refreshed; new payments wait once the last is too old: {Reason}")]
    public static partial void NoBlockhash(ILogger logger, string reason);
}
