namespace Cluster.Silo.Hosting.Invocation;

/// <summary>The answers that grains recorded with their changes.</summary>
public interface IRequestStore
{
    /// <summary>Looks an answer up.</summary>
    /// <param name="grain">The grain that the request changed.</param>
    /// <param name="requestId">The client's id of the request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where that grain has not answered such a request.</returns>
    Task<RecordedReply?> Find(GrainId grain, string requestId, CancellationToken cancellationToken);

    /// <summary>Removes answers that nobody will ask for again.</summary>
    /// <param name="olderThan">Older ones go.</param>
    /// <param name="limit">How many at most, so that no statement runs long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    Task<int> Forget(DateTimeOffset olderThan, int limit, CancellationToken cancellationToken);
}

/// <summary>An answer as it was recorded.</summary>
/// <param name="Method">The rpc's full name.</param>
/// <param name="RequestHash">SHA-256 of the request that was answered.</param>
/// <param name="Reply">The serialized reply.</param>
public sealed record RecordedReply(string Method, ReadOnlyMemory<byte> RequestHash, ReadOnlyMemory<byte> Reply);
