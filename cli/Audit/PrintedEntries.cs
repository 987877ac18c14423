using Cluster.V1;

namespace Cluster.Cli.Audit;

/// <summary>What was printed lately: a stream that broke begins again with entries that are known.</summary>
internal sealed class PrintedEntries
{
    /// <summary>More than a stream begins with.</summary>
    private const int Remembered = 4_000;

    private readonly HashSet<ulong> _ids = [];
    private readonly Queue<ulong> _order = new();

    /// <summary>Whether an entry was not printed before; it counts as printed from here on.</summary>
    public bool IsNew(AuditEntry entry)
    {
        if (!_ids.Add(entry.AuditId))
        {
            return false;
        }

        _order.Enqueue(entry.AuditId);
        if (_order.Count > Remembered)
        {
            _ids.Remove(_order.Dequeue());
        }

        return true;
    }

    /// <summary>Told where a stream begins again.</summary>
    public static void SayThatSomeMayLack() =>
        Console.Error.WriteLine("the connection broke; entries from meanwhile may be missing here: cluster audit query has them");
}
