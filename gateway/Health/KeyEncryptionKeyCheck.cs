using Cluster.Silo.Keys;

namespace Cluster.Gateway.Health;

/// <summary>
/// The key-encryption key wraps and unwraps. One that is merely away or busy is no fault: keys that are open go on
/// signing, and another process would meet the same vault.
/// </summary>
internal sealed class KeyEncryptionKeyCheck(KeyEncryptionKeyRing ring) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "key_encryption_key";

    /// <inheritdoc/>
    public async Task<string?> FindFault(CancellationToken cancellationToken)
    {
        try
        {
            await ring.Prove(cancellationToken);
            return null;
        }
        catch (KeyException error) when (!error.IsTransient)
        {
            return error.Message;
        }
        catch (KeyException)
        {
            return null;
        }
    }
}
