using Cluster.Gateway.Health;
using Cluster.Silo;
using Cluster.Silo.Hosting;

namespace Cluster.Gateway.Hosting;

/// <summary>A silo in the gateway's own process: one machine, development, small installations.</summary>
internal static class EmbeddedSilo
{
    /// <summary>Adds the silo, and to the gateway's readiness what it depends on.</summary>
    public static void AddEmbeddedSilo(this IServiceCollection services, IConfiguration configuration) => services
        .AddClusterSilo(configuration)
        .AddEmbeddedHost()
        .AddSingleton<IReadinessCheck, SolanaCheck>()
        .AddSingleton<IReadinessCheck, KeyEncryptionKeyCheck>();
}
