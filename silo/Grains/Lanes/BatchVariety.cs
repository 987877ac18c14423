namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Keeps equal batches apart. Where rows with the same address and amount are all kept, two batches signed with the same
/// blockhash would be the same bytes under the same signature, and the chain would pay once: so each asks for some
/// compute units more than the one before.
/// </summary>
/// <remarks>
/// A hash of 32 bits is enough: two different batches that share one differ all the same. An activation does not know
/// what the one before signed with the same blockhash; there the database refuses the second batch under a signature.
/// </remarks>
internal sealed class BatchVariety
{
    /// <summary>More than a lane ever packs while one blockhash is handed out.</summary>
    private const int Remembered = 32_768;

    private readonly Lock _gate = new();
    private Dictionary<int, uint> _recent = [];
    private Dictionary<int, uint> _before = [];

    /// <summary>Compute units to ask for beyond what the batch takes; another number for each equal batch.</summary>
    /// <param name="transaction">As packed without any, blockhash included.</param>
    public uint SpareUnits(ReadOnlySpan<byte> transaction)
    {
        var hash = new HashCode();
        hash.AddBytes(transaction);
        var content = hash.ToHashCode();
        lock (_gate)
        {
            var spare = _recent.TryGetValue(content, out var last) || _before.TryGetValue(content, out last) ? last + 1 : 0;
            if (_recent.Count == Remembered)
            {
                (_before, _recent) = (_recent, []);
            }

            _recent[content] = spare;
            return spare;
        }
    }
}
