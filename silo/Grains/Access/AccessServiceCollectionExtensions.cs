using Cluster.Silo.Grains.Access.Limits;
using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Silo.Grains.Access;

/// <summary>Registers who may do what.</summary>
public static class AccessServiceCollectionExtensions
{
    /// <summary>Adds the grains of principals; needs storage. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddAccessGrains(this IServiceCollection services) => services
        .AddSecondFactorCheck()
        .AddGrain<SecondFactorGrain>("second_factor")
        .AddGrain<LimitGrain>("limit")
        .AddGrain<PrincipalGrain>("principal")
        .AddGrain<ApiKeyGrain>("api_key");

    /// <summary>Adds the lists of principals; needs storage. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddAccessQueries(this IServiceCollection services) => services
        .AddQueries<LimitQueries>()
        .AddQueries<AccessQueries>()
        .AddQueries<ApiKeyQueries>();

    /// <summary>Adds what judges codes of second factors; needs storage and the configuration. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddSecondFactorCheck(this IServiceCollection services)
    {
        services.TryAddSingleton<SecondFactorStore>();
        services.TryAddSingleton<SecondFactorKey>();
        services.TryAddSingleton(provider => new SecondFactorCheck(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<SecondFactorStore>(),
            provider.GetRequiredService<SecondFactorKey>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
