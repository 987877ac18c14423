namespace Cluster.Solana;

/// <summary>Divides a long call into chunks that a node takes, several under way at once, and puts the answers back in order.</summary>
internal static class Chunks
{
    public static async Task<AtSlot<IReadOnlyList<TOut>>> Ask<TIn, TOut>(
        IReadOnlyList<TIn> inputs,
        int size,
        int concurrency,
        Func<ReadOnlyMemory<TIn>, CancellationToken, Task<AtSlot<IReadOnlyList<TOut>>>> ask,
        CancellationToken ct)
    {
        var all = inputs as TIn[] ?? [.. inputs];
        if (all.Length <= size)
        {
            return all.Length == 0 ? new AtSlot<IReadOnlyList<TOut>>(0, []) : await ask(all, ct);
        }

        var answers = new TOut[all.Length];
        var slots = new ulong[(all.Length + size - 1) / size];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = ct };
        await Parallel.ForAsync(0, slots.Length, parallel, async (chunk, stop) =>
        {
            var first = chunk * size;
            var reply = await ask(all.AsMemory(first, Math.Min(size, all.Length - first)), stop);
            slots[chunk] = reply.Slot;
            for (var i = 0; i < reply.Value.Count; i++)
            {
                answers[first + i] = reply.Value[i];
            }
        });
        return new AtSlot<IReadOnlyList<TOut>>(slots.Min(), answers);
    }
}
