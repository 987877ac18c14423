using Cluster.Gateway.Health;
using Orleans.Runtime;

namespace Cluster.OrleansHost.Hosting;

/// <summary>The silo is a member of its cluster: others have not declared it dead, and it is not about to leave.</summary>
internal sealed class MembershipCheck(ISiloStatusOracle oracle) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "membership";

    /// <inheritdoc/>
    public Task<string?> FindFault(CancellationToken cancellationToken) => Task.FromResult(
        oracle.CurrentStatus == SiloStatus.Active ? null : $"the silo's status in its cluster is {oracle.CurrentStatus}");
}
