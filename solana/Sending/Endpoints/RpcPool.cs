namespace Cluster.Solana;

/// <summary>
/// The configured nodes in order of preference. The first that is fit is asked; fit is one that serves the right network,
/// is not paused and does not lag behind the others.
/// </summary>
internal sealed class RpcPool(IReadOnlyList<RpcNode> nodes, TimeProvider time) : IDisposable
{
    /// <summary>A node so many slots behind the best known is asked only if no other is left (about 20 s).</summary>
    private const ulong MaxLag = 50;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    public IReadOnlyList<RpcNode> Nodes { get; } = nodes;

    /// <summary>
    /// A fit node: the first, or with <paramref name="turn"/> above 0 another, so that what one node keeps losing goes
    /// through the next. Null where none is fit now.
    /// </summary>
    public RpcNode? TryPick(int turn = 0)
    {
        var newest = Nodes.Max(node => node.Slot);
        var ready = Nodes.Where(node => node.Verified && node.Pause == TimeSpan.Zero).ToArray();
        var inStep = Array.FindAll(ready, node => node.Slot == 0 || node.Slot + MaxLag >= newest);
        var fit = inStep.Length > 0 ? inStep : ready;
        for (var i = 0; i < fit.Length; i++)
        {
            var node = fit[(turn + i) % fit.Length];
            if (node.TryEnter())
            {
                return node;
            }
        }

        return null;
    }

    /// <summary>A fit node, as soon as there is one.</summary>
    public async ValueTask<RpcNode> Pick(int turn, CancellationToken ct)
    {
        while (true)
        {
            if (TryPick(turn) is { } node)
            {
                return node;
            }

            await Task.Delay(UntilNext(), time, ct);
        }
    }

    /// <summary>How long to wait before a pick may succeed.</summary>
    public TimeSpan UntilNext()
    {
        var next = Nodes.Where(node => node.Verified).Select(node => node.Pause).DefaultIfEmpty(LongestWait).Min();
        return TimeSpan.FromTicks(Math.Clamp(next.Ticks, ShortestWait.Ticks, LongestWait.Ticks));
    }

    public void Dispose()
    {
        foreach (var node in Nodes)
        {
            node.Dispose();
        }
    }
}
