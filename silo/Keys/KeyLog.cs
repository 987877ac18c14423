using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Keys;

internal static partial class KeyLog
{
    [LoggerMessage(1100, LogLevel.Information, "Wallets' keys are wrapped under {KeyEncryptionKey}; it opens them")]
    public static partial void Ready(ILogger logger, string keyEncryptionKey);

    [LoggerMessage(1101, LogLevel.Warning, "{Keys} wallets' keys are wrapped under {KeyEncryptionKey}, which this process does not have: they cannot sign until they are recovered")]
    public static partial void Missing(ILogger logger, string keyEncryptionKey, long keys);

    [LoggerMessage(1102, LogLevel.Information, "Wiped {Keys} opened keys, as was asked for everywhere")]
    public static partial void Cleared(ILogger logger, int keys);

    [LoggerMessage(1103, LogLevel.Warning, "Orders to wipe opened keys cannot be read: {Message}. They are wiped if that goes on")]
    public static partial void CannotWatch(ILogger logger, string message);

    [LoggerMessage(1104, LogLevel.Warning, "Wiped {Keys} opened keys, because no order to do so could be heard for {Seconds} s")]
    public static partial void Deaf(ILogger logger, int keys, double seconds);

    [LoggerMessage(1105, LogLevel.Warning, "The key-encryption key cannot be looked up anew: {Message}")]
    public static partial void NotRefreshed(ILogger logger, string message);
}
