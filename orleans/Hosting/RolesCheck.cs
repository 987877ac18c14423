using System.Diagnostics.CodeAnalysis;
using Cluster.Gateway.Health;
using Cluster.OrleansHost.Calls;
using Cluster.Silo.Hosting.Contracts;
using Orleans;
using Orleans.Runtime;

namespace Cluster.OrleansHost.Hosting;

/// <summary>A silo can be reached, and every type of grains has one that hosts it.</summary>
internal sealed class RolesCheck(Contract contract, LostCalls manifest, GatewayBreaks breaks, IGrainFactory factory) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "silos";

    /// <inheritdoc/>
    public async Task<string?> FindFault(CancellationToken cancellationToken)
    {
        if (breaks.IsCutOff && !await CanConnect(cancellationToken))
        {
            // What is known of the silos is of the time before.
            return "no silo can be reached";
        }

        var missing = contract.Operations
            .Select(operation => operation.GrainType)
            .OfType<string>()
            .Distinct()
            .Where(type => !manifest.IsHosted(type))
            .Select(SiloRole.Of)
            .Distinct()
            .ToList();
        return missing.Count == 0 ? null : $"no silo of role {string.Join(" or ", missing)} is running";
    }

    /// <summary>A process without a connection makes one when it calls: another silo may be there, and nobody has called it yet.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever Orleans throws means that no silo has answered.")]
    private async Task<bool> CanConnect(CancellationToken cancellationToken)
    {
        try
        {
            await factory.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(cancellationToken);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
