using Cluster.Gateway.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Schema;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.OrleansHost.Hosting;

/// <summary><c>cluster-orleans migrate</c>: brings the database to this build's schema, and ends.</summary>
internal static class MigrateCommand
{
    /// <summary>Migrates under the advisory lock that every process takes which starts.</summary>
    /// <exception cref="SchemaException">The database's schema cannot be brought there.</exception>
    public static async Task<int> Run(TextWriter output, CancellationToken cancellationToken = default)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddStorage(GatewayApplication.Configuration())
            .BuildServiceProvider();
        await services.GetRequiredService<SchemaMigrator>().Migrate(cancellationToken);
        await output.WriteLineAsync($"The database has the {MigrationCatalog.Embedded.Count} migrations of this build.");
        return 0;
    }
}
