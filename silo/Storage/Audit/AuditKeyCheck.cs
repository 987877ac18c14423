using Cluster.Silo.Storage.Schema;
using Microsoft.Extensions.Hosting;

namespace Cluster.Silo.Storage.Audit;

/// <summary>
/// Stops the start of a process that would seal the audit log under a key which the others do not have: their
/// verification would take every row of it for a forgery.
/// </summary>
internal sealed class AuditKeyCheck(SchemaMigrator migrator, SealStore seals) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await migrator.Migrate(cancellationToken);
        await seals.RequireKeys(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
