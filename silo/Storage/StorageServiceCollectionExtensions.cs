using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Audit;
using Cluster.Silo.Storage.Schema;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cluster.Silo.Storage;

/// <summary>Registers the database and what is kept in it.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>Adds the pool, the migrations at start and the stores that belong to no grain. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="StorageOptions"/>.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>()
            .Configure(options =>
            {
                configuration.GetSection(StorageOptions.Section).Bind(options);
                options.ConnectionString =
                    configuration.GetConnectionString("Cluster") ?? configuration["Cluster:Database"] ?? options.ConnectionString;
            })
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreateSource);
        services.TryAddSingleton(_ => AuditKeyRing.Read(configuration));
        services.TryAddSingleton<Database>();
        services.TryAddSingleton(provider => new SchemaMigrator(
            provider.GetRequiredService<NpgsqlDataSource>(),
            MigrationCatalog.Embedded,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SchemaMigrator>>()));
        services.TryAddSingleton<ApiKeyStore>();
        services.TryAddSingleton<AccessStore>();
        services.TryAddSingleton<LimitStore>();
        services.TryAddSingleton<ResourceStore>();
        services.TryAddSingleton<AuditStore>();
        services.TryAddSingleton<SealStore>();
        services.AddHostedService<MigrateAtStart>();
        services.AddHostedService<AuditKeyCheck>();
        return services;
    }

    private static NpgsqlDataSource CreateSource(IServiceProvider provider)
    {
        // Npgsql would log every statement at level Information: it measures itself, but it does not log here.
        var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        return new NpgsqlDataSourceBuilder(options.BuildConnectionString()) { Name = "cluster" }.Build();
    }
}
