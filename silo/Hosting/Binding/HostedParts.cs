namespace Cluster.Silo.Hosting.Binding;

/// <summary>What of the contracts this process answers itself; the rest is answered by other processes of the cluster.</summary>
/// <param name="HostsGrains">Whether grains of a type can be active here.</param>
/// <param name="HostsQueries">Whether rpcs that no grain answers are answered here.</param>
internal sealed record HostedParts(Func<string, bool> HostsGrains, bool HostsQueries)
{
    /// <summary>All of them.</summary>
    public static readonly HostedParts Everything = new(static _ => true, HostsQueries: true);
}
