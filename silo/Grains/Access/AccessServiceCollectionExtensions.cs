using Cluster.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Silo.Grains.Access;

/// <summary>Registers who may do what.</summary>
public static class AccessServiceCollectionExtensions
{
    /// <summary>Adds the grains of principals; needs storage. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddAccessGrains(this IServiceCollection services) => services
        .AddGrain<PrincipalGrain>("principal")
        .AddGrain<ApiKeyGrain>("api_key");

    /// <summary>Adds the lists of principals; needs storage. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddAccessQueries(this IServiceCollection services) => services
        .AddQueries<AccessQueries>()
        .AddQueries<ApiKeyQueries>();
}
