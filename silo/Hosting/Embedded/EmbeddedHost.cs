using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Reminders;
using Cluster.Silo.Hosting.Turns;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Hosting.Embedded;

/// <summary>
/// All grains in this process: the host for one machine, for development and for tests. It answers whoever is not a
/// grain, from its start until it stops; grains reach each other through the runtime until the last of them has ended.
/// </summary>
internal sealed class EmbeddedHost(
    Bindings bindings,
    IOptions<GrainHostOptions> options,
    IReminders reminders,
    IServiceProvider services,
    HostMetrics metrics,
    TimeProvider time,
    ILogger<EmbeddedHost> logger) : IGrains, IReminderTarget, IHostedLifecycleService, IAsyncDisposable
{
    private readonly TurnRuntime _runtime = new(bindings, options.Value, others: null, reminders, services, metrics, time, logger);
    private Collector? _collector;
    private volatile bool _stopping;

    public TurnRuntime Runtime => _runtime;

    public Task<TReply> Call<TReply>(IMessage request, Call call)
        where TReply : class, IMessage =>
        _stopping ? Task.FromException<TReply>(IsStopping()) : _runtime.Call<TReply>(request, call);

    public Task Remind(GrainId grain, string name, Call call) =>
        _stopping ? Task.FromException(IsStopping()) : _runtime.Remind(grain, name, call);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var handler in bindings.QueryHandlers)
        {
            // What a handler lacks is told now, not at its first call.
            _ = services.GetRequiredService(handler);
        }

        _collector = new Collector(_runtime);
        _collector.Start();
        HostLog.Started(logger, string.Join(", ", _runtime.Tables.Select(table => table.GrainType).Order(StringComparer.Ordinal)));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the gateway has stopped: refuses calls, lets turns end, and gives every grain its last turn.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        await DisposeAsync();
        await _runtime.Drain(options.Value.DrainTimeout, cancellationToken);
        HostLog.Stopped(logger);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _collector, null) is { } collector)
        {
            await collector.DisposeAsync();
        }
    }

    private static ClusterException IsStopping() =>
        new(StatusCode.Unavailable, "This silo is stopping: make the call again in a moment.");
}
