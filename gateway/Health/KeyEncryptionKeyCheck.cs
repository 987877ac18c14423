using System.Security.Cryptography;
using Cluster.Silo.Keys;

namespace Cluster.Gateway.Health;

/// <summary>The key-encryption key wraps and unwraps.</summary>
internal sealed class KeyEncryptionKeyCheck(IKeyEncryptionKey keyEncryptionKey) : IReadinessCheck
{
    private const int DataKeyLength = 32;

    /// <inheritdoc/>
    public string Name => "key_encryption_key";

    /// <inheritdoc/>
    public async Task<string?> FindFault(CancellationToken cancellationToken)
    {
        var dataKey = RandomNumberGenerator.GetBytes(DataKeyLength);
        var unwrapped = new byte[DataKeyLength];
        try
        {
            await keyEncryptionKey.Unwrap(await keyEncryptionKey.Wrap(dataKey, cancellationToken), unwrapped, cancellationToken);
        }
        catch (KeyException error)
        {
            return error.Message;
        }

        return CryptographicOperations.FixedTimeEquals(dataKey, unwrapped) ? null : "what was wrapped comes back changed";
    }
}
