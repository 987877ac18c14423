using Cluster.OrleansHost.Calls;

namespace Cluster.OrleansHost.Shells;

/// <summary>
/// Lets the calls of one process to a grain in by the order in which they were made. A call whose predecessor does not
/// come (it was lost, or went to another silo) waits but a moment; one whose predecessor waits here waits with it. To be used in the shell's context alone.
/// </summary>
/// <param name="time">The clock of messages.</param>
internal sealed class Arrivals(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Guid, long> _lastOf = [];
    private readonly Dictionary<(Guid Origin, long Number), TaskCompletionSource> _awaited = [];
    private readonly HashSet<(Guid Origin, long Number)> _waiting = [];
    private int _callsWaiting;

    /// <summary>Whether a call waits for the one before it. May be asked anywhere.</summary>
    public bool AreAwaited => Volatile.Read(ref _callsWaiting) > 0;

    /// <summary>Completes, at once as a rule, when the call before this one has come.</summary>
    public ValueTask AwaitTurn(PlaceInLine place, CancellationToken cancellationToken) =>
        _lastOf.GetValueOrDefault(place.Origin) >= place.After ? ValueTask.CompletedTask : AwaitPredecessor(place, cancellationToken);

    /// <summary>The call has its place in the mailbox.</summary>
    public void HasCome(PlaceInLine place)
    {
        _lastOf[place.Origin] = Math.Max(place.Number, _lastOf.GetValueOrDefault(place.Origin));
        if (_awaited.Remove((place.Origin, place.Number), out var successor))
        {
            successor.SetResult();
        }
    }

    private async ValueTask AwaitPredecessor(PlaceInLine place, CancellationToken cancellationToken)
    {
        var (self, key) = ((place.Origin, place.Number), (place.Origin, place.After));
        var predecessor = new TaskCompletionSource();
        _awaited[key] = predecessor;
        _waiting.Add(self);
        Volatile.Write(ref _callsWaiting, _waiting.Count);
        do
        {
            await predecessor.Task
                .WaitAsync(Patience, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        while (!predecessor.Task.IsCompleted && !cancellationToken.IsCancellationRequested && _waiting.Contains(key));

        _waiting.Remove(self);
        Volatile.Write(ref _callsWaiting, _waiting.Count);
        _awaited.Remove(key);
    }
}
