using System.Collections.Concurrent;
using System.Threading.Channels;
using Cluster.Grpc.Health.V1;
using Cluster.Grpc.Server;
using ServingStatus = Cluster.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Cluster.Grpc.Health;

/// <summary>
/// <c>grpc.health.v1</c>: says of the server (the empty name) and of each service whether it serves, and tells watchers
/// when that changes. Starts with the server as a whole not serving, so nothing is sent work before the host says so.
/// </summary>
public sealed class HealthService
{
    private readonly ConcurrentDictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly List<Watcher> _watchers = [];

    /// <summary>The server as a whole is registered, as not serving.</summary>
    public HealthService() => _statuses[""] = ServingStatus.NotServing;

    /// <summary>Sets the state of a service, registering it if it is new, and tells its watchers.</summary>
    /// <param name="service">Full name, package included; empty for the server as a whole.</param>
    /// <param name="serving">Whether it takes calls.</param>
    public void Set(string service, bool serving)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_gate)
        {
            var status = serving ? ServingStatus.Serving : ServingStatus.NotServing;
            _statuses[service] = status;
            foreach (var watcher in _watchers.Where(watcher => watcher.Service == service))
            {
                watcher.Changes.Writer.TryWrite(status);
            }
        }
    }

    /// <summary>Serves <c>Check</c> and <c>Watch</c>.</summary>
    /// <param name="methods">The server's methods.</param>
    public void MapTo(GrpcMethods methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        var service = HealthReflection.Descriptor.Services[0];
        methods.MapUnary<HealthCheckRequest, HealthCheckResponse>(service.FindMethodByName("Check"), Check);
        methods.MapServerStreaming<HealthCheckRequest, HealthCheckResponse>(service.FindMethodByName("Watch"), Watch);
    }

    private ValueTask<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        _statuses.TryGetValue(request.Service, out var status)
            ? ValueTask.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(StatusCode.NotFound, $"service '{request.Service}' is not registered for health checks");

    private async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responses, ServerCallContext context)
    {
        // A watcher that reads slowly misses what has been overtaken, never the latest state.
        var watcher = new Watcher(request.Service, Channel.CreateBounded<ServingStatus>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }));
        lock (_gate)
        {
            watcher.Changes.Writer.TryWrite(_statuses.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown));
            _watchers.Add(watcher);
        }

        try
        {
            ServingStatus? told = null;
            await foreach (var status in watcher.Changes.Reader.ReadAllAsync(context.CancellationToken))
            {
                if (status != told)
                {
                    told = status;
                    await responses.WriteAsync(new HealthCheckResponse { Status = status }, cancellationToken: context.CancellationToken);
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    private sealed record Watcher(string Service, Channel<ServingStatus> Changes);
}
