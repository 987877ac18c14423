using Cluster.Tests.Silo.Hosting;

namespace Cluster.Tests.OrleansHost;

/// <summary>Orleans clusters for the conformance suite: real silos on loopback, with membership and reminders in the test's PostgreSQL.</summary>
/// <param name="silos">How many.</param>
/// <param name="throughGateway">Whether calls come from a client of the cluster, or from its first silo.</param>
public sealed class OrleansHosts(int silos, bool throughGateway = false) : IConformanceHosts
{
    public async Task<IConformanceHost> Start(ConformanceSettings settings)
    {
        var cluster = new OrleansClusterUnderTest($"test-{Guid.NewGuid():n}", settings);
        for (var number = 0; number < silos; number++)
        {
            await cluster.AddSilo();
        }

        if (throughGateway)
        {
            await cluster.AddGateway();
        }

        return cluster;
    }
}
