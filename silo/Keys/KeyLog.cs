using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Keys;

internal static partial class KeyLog
{
    [LoggerMessage(1100, LogLevel.Information, "Wallets' keys are wrapped under {KeyEncryptionKey}; it opens them")]
    public static partial void Ready(ILogger logger, string keyEncryptionKey);

    [LoggerMessage(1101, LogLevel.Warning, "{Keys} wallets' keys are wrapped under {KeyEncryptionKey}, which this process does not have: they cannot sign until they are recovered")]
    public static partial void Missing(ILogger logger, string keyEncryptionKey, long keys);
}
