namespace Cluster.Silo.Hosting.Turns;

/// <summary>
/// Says what a call waited for when its caller has given up, and names the grains where they wait for each other. A
/// search looks at all grains, so there is one a second at most, however many callers wait in vain; all that belong to
/// the cycle it finds are told.
/// </summary>
internal sealed class WaitDiagnosis(TurnRuntime runtime)
{
    private const int LongestCycle = 16;
    private static readonly TimeSpan BetweenSearches = TimeSpan.FromSeconds(1);

    private long _searchedAt = long.MinValue;
    private volatile Cycle? _found;

    /// <summary>Of a turn that waited in its mailbox.</summary>
    public string OfWaiting(GrainCell cell, Turn turn) =>
        cell.Running is { } running
            ? $": {cell.Id} runs {running.What} (request id {running.Call.RequestId}){OfCycle(cell, turn)}"
            : "";

    /// <summary>Of a turn that ran.</summary>
    public string OfRunning(GrainCell cell, Turn turn) => OfCycle(cell, turn);

    private string OfCycle(GrainCell cell, Turn turn)
    {
        if (MaySearch() && Find(cell, turn) is { } cycle)
        {
            _found = cycle;
        }

        return _found is { } found && found.RequestIds.Contains(turn.Call.RequestId) && found.Grains.Contains(cell.Id)
            ? $". These grains wait for each other, which no deadline cures: {string.Join(", ", found.Grains)}"
            : "";
    }

    private bool MaySearch()
    {
        var now = runtime.Time.GetTimestamp();
        var last = Volatile.Read(ref _searchedAt);
        return (last == long.MinValue || runtime.Time.GetElapsedTime(last, now) >= BetweenSearches)
            && Interlocked.CompareExchange(ref _searchedAt, now, last) == last;
    }

    /// <summary>
    /// Follows who waits for whom, by request id: a request holds the grains that run its turns, one calling the next,
    /// and waits for the grain in whose mailbox its last call is.
    /// </summary>
    private Cycle? Find(GrainCell start, Turn gaveUp)
    {
        var cells = runtime.Cells.ToList();
        var holds = cells
            .Select(cell => (Cell: cell, cell.Running))
            .Where(held => held.Running is not null)
            .ToLookup(held => held.Running!.Call.RequestId, held => held.Cell, StringComparer.Ordinal);
        var waits = cells
            .SelectMany(cell => cell.Mailbox.Snapshot().OfType<Turn>().Select(turn => (turn.Call.RequestId, Cell: cell)));
        if (start.Running != gaveUp)
        {
            // It waited in start's mailbox until now.
            waits = waits.Append((gaveUp.Call.RequestId, Cell: start));
        }

        return Follow(start, start, [], [], holds, waits.ToLookup(wait => wait.RequestId, wait => wait.Cell, StringComparer.Ordinal));
    }

    private static Cycle? Follow(
        GrainCell cell,
        GrainCell start,
        List<GrainCell> path,
        List<string> requests,
        ILookup<string, GrainCell> holds,
        ILookup<string, GrainCell> waits)
    {
        if (path.Count > 0 && cell == start)
        {
            return new([.. path.Select(step => step.Id).OrderBy(id => id.ToString(), StringComparer.Ordinal)], requests);
        }

        if (path.Count >= LongestCycle || path.Contains(cell) || cell.Running?.Call.RequestId is not { } request)
        {
            return null;
        }

        List<GrainCell> longer = [.. path, .. holds[request]];
        return waits[request]
            .Select(next => Follow(next, start, longer, [.. requests, request], holds, waits))
            .FirstOrDefault(cycle => cycle is not null);
    }

    private sealed record Cycle(IReadOnlyList<GrainId> Grains, IReadOnlyList<string> RequestIds);
}
