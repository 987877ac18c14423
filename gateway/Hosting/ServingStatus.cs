using Cluster.Gateway.Operations;
using Cluster.Grpc.Health;

namespace Cluster.Gateway.Hosting;

/// <summary>
/// Tells <c>grpc.health.v1</c> that the gateway serves once everything has started, and that it does not any more as
/// soon as it is asked to stop.
/// </summary>
internal sealed class ServingStatus(HealthService health, OperationTable operations) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Tell(serving: true);

    public Task StoppingAsync(CancellationToken cancellationToken) => Tell(serving: false);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task Tell(bool serving)
    {
        health.Set("", serving);
        foreach (var service in operations.All.Select(operation => operation.Method.Service.FullName).Distinct())
        {
            health.Set(service, serving);
        }

        return Task.CompletedTask;
    }
}
