using Cluster.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Cluster.Silo.Audit;

/// <summary>Registers what seals, verifies and answers from the audit log.</summary>
public static class AuditServiceCollectionExtensions
{
    /// <summary>Seals what is committed. Safe to call twice, and in every process: one at a time seals.</summary>
    /// <param name="services">The container's.</param>
    public static IServiceCollection AddAuditSealer(this IServiceCollection services)
    {
        services.TryAddSingleton<AuditSealer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AuditSealer>(provider => provider.GetRequiredService<AuditSealer>()));
        return services;
    }

    /// <summary>Answers who asks for entries, or whether they are whole. Safe to call twice.</summary>
    /// <param name="services">The container's.</param>
    public static IServiceCollection AddAuditQueries(this IServiceCollection services)
    {
        var isThere = services.Any(service => service.ServiceType == typeof(AuditQueries));
        services.TryAddSingleton<AuditVerifier>();
        return isThere ? services : services.AddQueries<AuditQueries>();
    }
}
