using Orleans;
using Orleans.Concurrency;

namespace Cluster.OrleansHost.Calls;

/// <summary>
/// What one silo asks of a grain on another: the only interface that Orleans sees. Its names are on the wire between
/// builds; they do not change.
/// </summary>
[Alias("cluster.IGrainShell")]
public interface IGrainShell : IGrainWithStringKey
{
    /// <summary>
    /// Calls one rpc of the grain. What the grain refuses is a reply too, never an exception: an exception is Orleans'
    /// own, and then nobody knows whether the call was made.
    /// </summary>
    /// <param name="invocation">Which rpc, and what travels with it.</param>
    /// <param name="cancellationToken">The caller gave up, or its deadline passed.</param>
    [AlwaysInterleave]
    [Alias("Invoke")]
    Task<Reply> Invoke(Invocation invocation, CancellationToken cancellationToken);

    /// <summary>Looks whether a reminder of the grain is due, and fires it where it is.</summary>
    /// <param name="name">The reminder's name.</param>
    [AlwaysInterleave]
    [Alias("Wake")]
    Task Wake(string name);
}
