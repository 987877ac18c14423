using Cluster.Gateway.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Gateway.Metrics;

/// <summary>Registers metrics, for a process of any role.</summary>
internal static class MetricsServices
{
    /// <summary>Adds the listener, which hears everything from the start of the host on. Safe to call twice.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="options">What may be kept, and who may read it.</param>
    public static IServiceCollection AddPrometheusMetrics(this IServiceCollection services, MetricsOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(options);
        services.TryAddSingleton<PrometheusMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ListenFromTheStart>());
        return services;
    }

    /// <summary>Adds <see cref="MetricsEndpoint"/>; needs the listener and <see cref="Admission"/>.</summary>
    public static IServiceCollection AddMetricsEndpoint(this IServiceCollection services)
    {
        services.TryAddSingleton<MetricsEndpoint>();
        return services;
    }

    /// <summary>Serves <see cref="MetricsEndpoint.Path"/>.</summary>
    public static IEndpointConventionBuilder MapPrometheusMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(MetricsEndpoint.Path, endpoints.ServiceProvider.GetRequiredService<MetricsEndpoint>().Handle);

    /// <summary>Has the listener made before any part of the process begins to work.</summary>
    private sealed class ListenFromTheStart : IHostedService
    {
        public ListenFromTheStart(PrometheusMetrics metrics) => ArgumentNullException.ThrowIfNull(metrics);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
