using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Keyrings;

internal static partial class KeyringLog
{
    [LoggerMessage(1120, LogLevel.Information, "Wraps {Keys} wallets' data keys anew under {KeyEncryptionKey}")]
    public static partial void Rewrapping(ILogger logger, long keys, string keyEncryptionKey);

    [LoggerMessage(1121, LogLevel.Information, "Wrapped {Keys} wallets' data keys anew under {KeyEncryptionKey}; {Failed} could not be opened")]
    public static partial void Ended(ILogger logger, long keys, string keyEncryptionKey, long failed);

    [LoggerMessage(1122, LogLevel.Warning, "The rotation of the key-encryption key is held up and goes on later: {Message}")]
    public static partial void HeldUp(ILogger logger, string message);
}
