namespace Cluster.Silo.Hosting.Embedded;

/// <summary>Says what a turn waited for, and names the grains where they wait for each other.</summary>
internal static class WaitDiagnosis
{
    private const int LongestCycle = 16;
    private static readonly TimeSpan BetweenSearches = TimeSpan.FromSeconds(1);

    public static string Of(GrainCell cell, Turn waiting)
    {
        if (cell.Running is not { } running)
        {
            return "";
        }

        var busy = $": {cell.Id} runs {running.What} (request id {running.Call.RequestId})";
        return cell.Runtime.MaySearch(BetweenSearches) && FindCycle(cell, waiting) is { } cycle
            ? $"{busy}. These grains wait for each other, which no deadline cures: {string.Join(" -> ", cycle)}"
            : busy;
    }

    /// <summary>
    /// Follows who waits for whom: a grain's running turn waits for another grain where a call under the same request
    /// id is in that one's mailbox.
    /// </summary>
    private static List<GrainId>? FindCycle(GrainCell start, Turn waiting)
    {
        // The turn that gave up waited in start's mailbox, on behalf of whichever grains run its request.
        var waitsFor = start.Runtime.Cells
            .SelectMany(cell => cell.Mailbox.Snapshot().OfType<Turn>().Select(turn => (turn.Call.RequestId, Cell: cell)))
            .Append((waiting.Call.RequestId, Cell: start))
            .ToLookup(wait => wait.RequestId, wait => wait.Cell, StringComparer.Ordinal);
        return Follow(start, start, [], waitsFor);
    }

    private static List<GrainId>? Follow(GrainCell cell, GrainCell start, List<GrainCell> path, ILookup<string, GrainCell> waitsFor)
    {
        if (path.Count > 0 && cell == start)
        {
            return [.. path.Append(start).Select(step => step.Id)];
        }

        if (path.Count == LongestCycle || path.Contains(cell) || cell.Running is not { } running)
        {
            return null;
        }

        path.Add(cell);
        foreach (var next in waitsFor[running.Call.RequestId])
        {
            if (Follow(next, start, path, waitsFor) is { } cycle)
            {
                return cycle;
            }
        }

        path.RemoveAt(path.Count - 1);
        return null;
    }
}
