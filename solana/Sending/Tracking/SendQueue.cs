using System.Threading.Channels;

namespace Cluster.Solana;

/// <summary>
/// What waits to be sent: first sends before repeats, each in order of arrival. Bounded by the number in flight, since a
/// transaction waits here at most once.
/// </summary>
internal sealed class SendQueue
{
    private readonly Channel<(TrackedTransaction Transaction, long Order)> _channel =
        Channel.CreateUnboundedPrioritized(new UnboundedPrioritizedChannelOptions<(TrackedTransaction Transaction, long Order)>
        {
            Comparer = Comparer<(TrackedTransaction Transaction, long Order)>.Create(
                static (one, other) => one.Order.CompareTo(other.Order)),
        });

    private long _arrivals;

    public void Enqueue(TrackedTransaction transaction)
    {
        const long Repeats = 1L << 62;
        var order = Interlocked.Increment(ref _arrivals) + (transaction.Sends == 0 ? 0 : Repeats);
        _channel.Writer.TryWrite((transaction, order));
    }

    /// <summary>Waits for at least one and takes up to <paramref name="max"/>.</summary>
    public async ValueTask Take(List<TrackedTransaction> into, int max, CancellationToken ct)
    {
        while (into.Count == 0)
        {
            await _channel.Reader.WaitToReadAsync(ct);
            while (into.Count < max && _channel.Reader.TryRead(out var item))
            {
                into.Add(item.Transaction);
            }
        }
    }
}
