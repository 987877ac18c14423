using Cluster.Silo.Hosting;

namespace Cluster.Silo.Keys;

/// <summary>What callers learn where a key is not to be had.</summary>
internal static class KeyErrors
{
    /// <summary>UNAVAILABLE where it passes, else FAILED_PRECONDITION; the message names the remedy and holds no key.</summary>
    public static ClusterException ToClusterException(this KeyException error) =>
        new(error.IsTransient ? StatusCode.Unavailable : StatusCode.FailedPrecondition, error.Message);

    /// <summary>Waits for a provider as long as a turn may.</summary>
    /// <param name="work">Wraps, for example.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="congestion">What callers wait for at present.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">It did not succeed, or not in time; nothing was changed.</exception>
    public static async Task<T> WithinTurn<T>(Func<CancellationToken, ValueTask<T>> work, TimeSpan deadline, TimeProvider time, Func<string?> congestion, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await work(either.Token);
        }
        catch (KeyException error)
        {
            throw error.ToClusterException();
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var figures = congestion() is { } waiting ? $" ({waiting})" : "";
            throw new ClusterException(
                StatusCode.Unavailable, $"the key-encryption key did not answer within {deadline.TotalMilliseconds:N0} ms{figures}; nothing was done. Try again.");
        }
    }
}
