using System.Runtime.CompilerServices;

namespace Cluster.Silo.Grains.Campaigns.Uploads;

/// <summary>Ends streams whose sender has gone silent.</summary>
internal static class IdleLimit
{
    /// <summary>The same stream, which fails once its next element has not come in time. What its reader takes does not count.</summary>
    /// <typeparam name="T">Of its elements.</typeparam>
    /// <param name="source">Must end when it is cancelled.</param>
    /// <param name="limit">How long the next element may take.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="tooIdle">What the reader is told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<T> EndWhenIdle<T>(
        this IAsyncEnumerable<T> source,
        TimeSpan limit,
        TimeProvider time,
        Func<Exception> tooIdle,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        await using var elements = source.GetAsyncEnumerator(either.Token);
        while (await MoveNext())
        {
            yield return elements.Current;
        }

        async ValueTask<bool> MoveNext()
        {
            idle.CancelAfter(limit);
            try
            {
                return await elements.MoveNextAsync();
            }
            catch (Exception) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw tooIdle();
            }
            finally
            {
                idle.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }
}
