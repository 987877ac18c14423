using System.Security.Cryptography;

namespace Cluster.Silo.Keys;

/// <summary>
/// All key-encryption keys of this process: the current one wraps, and each unwraps what was recorded under its id. So
/// nothing is out of service while data keys move from one key to the next.
/// </summary>
/// <param name="provider">Has the key that wraps.</param>
/// <param name="former">Have keys that only unwrap, for example the local key of before a move to a vault.</param>
public sealed class KeyEncryptionKeyRing(IKeyEncryptionKeyProvider provider, params IReadOnlyList<IKeyEncryptionKeyProvider> former) : IDisposable
{
    private const int DataKeySize = 32;

    /// <summary>The provider whose key wraps.</summary>
    public IKeyEncryptionKeyProvider Provider => provider;

    /// <summary>What callers wait for at present, with figures; null where nobody has to wait.</summary>
    public string? Congestion => former.Prepend(provider).Select(each => each.Congestion).FirstOrDefault(figures => figures is not null);

    /// <summary>The key that wraps.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away, or has no key that wraps.</exception>
    public ValueTask<IKeyEncryptionKey> GetCurrent(CancellationToken cancellationToken) => provider.GetCurrent(cancellationToken);

    /// <summary>Wraps a data key under the current key, or under its successor where it was disabled a moment ago.</summary>
    /// <param name="dataKey">32 bytes; not kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was wrapped, and the id of the key that did it.</returns>
    /// <exception cref="KeyException">The provider is away or refused.</exception>
    public async ValueTask<(byte[] Wrapped, string KeyId)> Wrap(ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var known = await GetCurrent(cancellationToken);
        try
        {
            return (await known.Wrap(dataKey, cancellationToken), known.Id);
        }
        catch (KeyException refused) when (!refused.IsTransient)
        {
            // Another process may have rotated since this one last looked.
            await provider.Refresh(cancellationToken);
            var current = await GetCurrent(cancellationToken);
            if (current.Id == known.Id)
            {
                throw;
            }

            return (await current.Wrap(dataKey, cancellationToken), current.Id);
        }
    }

    /// <summary>The same ring with one more provider, whose keys only unwrap.</summary>
    /// <param name="further">Stays the caller's.</param>
    public KeyEncryptionKeyRing With(IKeyEncryptionKeyProvider further) => new(provider, [.. former, further]);

    /// <summary>The key with this id; null where this process does not have it.</summary>
    /// <param name="id">As recorded beside what it wrapped.</param>
    public IKeyEncryptionKey? Find(string id) =>
        provider.Find(id) ?? former.Select(each => each.Find(id)).FirstOrDefault(key => key is not null);

    /// <summary>Makes a version unusable, where a provider has it.</summary>
    /// <param name="id">The version's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away or refused.</exception>
    public async ValueTask Disable(string id, CancellationToken cancellationToken)
    {
        if (former.Prepend(provider).FirstOrDefault(each => each.Find(id) is not null) is { } owner)
        {
            await owner.Disable(id, cancellationToken);
        }
    }

    /// <summary>Wraps random bytes under the current key and unwraps them.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The current key.</returns>
    /// <exception cref="KeyException">That did not succeed.</exception>
    public async ValueTask<IKeyEncryptionKey> Prove(CancellationToken cancellationToken)
    {
        var current = await GetCurrent(cancellationToken);
        using var dataKey = SecretBytes.Random(DataKeySize);
        using var unwrapped = new SecretBytes(DataKeySize);
        await current.Unwrap(await current.Wrap(dataKey.Memory, cancellationToken), unwrapped.Memory, cancellationToken);
        return CryptographicOperations.FixedTimeEquals(dataKey.Span, unwrapped.Span)
            ? current
            : throw new KeyException($"The key-encryption key {current.Id} does not unwrap what it has just wrapped.");
    }

    /// <summary>Wipes what of the keys is in this process.</summary>
    public void Dispose()
    {
        foreach (var each in former.Prepend(provider))
        {
            each.Dispose();
        }
    }
}
