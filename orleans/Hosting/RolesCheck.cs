using Cluster.Gateway.Health;
using Cluster.OrleansHost.Calls;
using Cluster.Silo.Hosting.Contracts;

namespace Cluster.OrleansHost.Hosting;

/// <summary>Every type of grains has a silo that hosts it.</summary>
internal sealed class RolesCheck(Contract contract, LostCalls manifest) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "silos";

    /// <inheritdoc/>
    public Task<string?> FindFault(CancellationToken cancellationToken)
    {
        var missing = contract.Operations
            .Select(operation => operation.GrainType)
            .OfType<string>()
            .Distinct()
            .Where(type => !manifest.IsHosted(type))
            .Select(SiloRole.Of)
            .Distinct()
            .ToList();
        return Task.FromResult(missing.Count == 0 ? null : $"no silo of role {string.Join(" or ", missing)} is running");
    }
}
