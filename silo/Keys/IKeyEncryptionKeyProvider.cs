namespace Cluster.Silo.Keys;

/// <summary>Where key-encryption keys are: the configuration, or a vault. It has many versions of a key, and one of them wraps.</summary>
public interface IKeyEncryptionKeyProvider : IDisposable
{
    /// <summary>For people, for example <c>local</c>.</summary>
    string Name { get; }

    /// <summary>What callers wait for at present, with figures, for their error messages; null where nobody has to wait.</summary>
    string? Congestion => null;

    /// <summary>How many operations the provider makes in ten seconds; null where nothing bounds them.</summary>
    int? OperationsPerTenSeconds => null;

    /// <summary>The key that wraps from now on.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away, or has no key that wraps.</exception>
    ValueTask<IKeyEncryptionKey> GetCurrent(CancellationToken cancellationToken);

    /// <summary>Looks now whether another key is the current one, because somebody said so.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away.</exception>
    ValueTask Refresh(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The key that was recorded under this id, without asking anybody; null where it is none of this provider's.</summary>
    /// <param name="id">From <see cref="IKeyEncryptionKey.Id"/>.</param>
    IKeyEncryptionKey? Find(string id);

    /// <summary>
    /// Makes a new version, which is the current one from then on. Where new keys come from the configuration, the
    /// current one is the new one already, and nothing is made.
    /// </summary>
    /// <param name="replaced">The version to be replaced; where another is current already, that one is the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away or refused.</exception>
    ValueTask<IKeyEncryptionKey> Rotate(string replaced, CancellationToken cancellationToken);

    /// <summary>Makes a version that nothing refers to unusable, in a way that its keeper can undo.</summary>
    /// <param name="id">The version's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyException">The provider is away or refused.</exception>
    ValueTask Disable(string id, CancellationToken cancellationToken);
}
