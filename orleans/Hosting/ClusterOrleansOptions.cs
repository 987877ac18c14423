using Cluster.Gateway.Configuration;

namespace Cluster.OrleansHost.Hosting;

/// <summary>What can be configured of a silo and of a gateway: one file may serve all processes of a cluster.</summary>
internal sealed class ClusterOrleansOptions : ClusterOptions
{
    /// <summary>How processes form a cluster.</summary>
    public OrleansOptions Orleans { get; } = new();
}
