using Microsoft.Extensions.Hosting;

namespace Cluster.Silo.Storage.Schema;

/// <summary>Migrates before any other part of the process starts; a schema that cannot be used stops the start.</summary>
/// <param name="migrator">Migrates.</param>
internal sealed class MigrateAtStart(SchemaMigrator migrator) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => migrator.Migrate(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
