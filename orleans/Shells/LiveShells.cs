using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cluster.Silo.Hosting;

namespace Cluster.OrleansHost.Shells;

/// <summary>The shells on this silo.</summary>
internal sealed class LiveShells
{
    private readonly ConcurrentDictionary<GrainId, GrainShell> _shells = new();

    public void Add(GrainShell shell) => _shells[shell.Id] = shell;

    public void Remove(GrainShell shell) => _shells.TryRemove(new KeyValuePair<GrainId, GrainShell>(shell.Id, shell));

    public bool TryFind(GrainId grain, [MaybeNullWhen(false)] out GrainShell shell) => _shells.TryGetValue(grain, out shell);
}
