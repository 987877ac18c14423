using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Keys;

internal static partial class KeyLog
{
    [LoggerMessage(1100, LogLevel.Information, "Wallets' keys are wrapped under {KeyEncryptionKey}; it opens them")]
    public static partial void Ready(ILogger logger, string keyEncryptionKey);
}
