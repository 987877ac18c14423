using System.Diagnostics.CodeAnalysis;
using Cluster.OrleansHost.Calls;
using Cluster.OrleansHost.Shells;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Turns;
using Google.Protobuf;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using GrainId = Cluster.Silo.Hosting.GrainId;

namespace Cluster.OrleansHost.Hosting;

/// <summary>
/// The turns of a silo, from before Orleans starts until after it has stopped; and the way to the cluster's grains for
/// whoever is none, until the stop. Grains reach each other as long as Orleans runs.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The collector ends with the stop, as it has begun with the start.")]
internal sealed class OrleansSilo(
    Bindings bindings,
    TurnRuntime turns,
    LiveShells shells,
    OrleansGrains grains,
    LinesOfCalls lines,
    IOptions<GrainTypeOptions> grainTypes,
    IOptions<GrainHostOptions> options,
    TimeProvider time,
    ILogger<OrleansSilo> logger) : IGrains, IHostedLifecycleService
{
    /// <summary>Of the time that a stop may take: the rest is Orleans'.</summary>
    private const int ShareOfDrain = 2;

    private readonly Collector _collector = new(turns);
    private volatile bool _stopping;

    public Task<TReply> Call<TReply>(IMessage request, Call call)
        where TReply : class, IMessage =>
        _stopping
            ? Task.FromException<TReply>(new ClusterException(StatusCode.Unavailable, "This silo is stopping: make the call again in a moment."))
            : grains.Call<TReply>(request, call);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        RequireShells();
        turns.OnVacated = GiveBack;
        _collector.Start();
        HostLog.Started(logger, string.Join(", ", turns.Tables.Select(table => table.GrainType).Order(StringComparer.Ordinal)));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// While Orleans still runs whole: gives every grain its last turn, so that turns which are under way can call what
    /// they need, and lets the answers of other silos come in. What is called again meanwhile goes when Orleans hands this
    /// silo's grains over.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        if (!cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(turns.EndAll(), lines.Ended())
                .WaitAsync(options.Value.DrainTimeout / ShareOfDrain, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        turns.OnVacated = null;
        await _collector.DisposeAsync();
        HostLog.Stopped(logger);
    }

    private void GiveBack(GrainId grain)
    {
        if (shells.TryFind(grain, out var shell))
        {
            shell.LeaveWhereVacant();
        }
    }

    private void RequireShells()
    {
        var hosted = grainTypes.Value.Classes.Select(ShellTypes.NameOf).ToHashSet();
        List<string> missing =
        [
            .. bindings.Grains
                .Where(grain => !hosted.Contains(grain.GrainType))
                .Select(grain => $"Grain type {grain.GrainType} has no shell, so Orleans cannot place it: derive one from {nameof(GrainShell)}."),
        ];
        if (missing.Count > 0)
        {
            throw new BindingException(missing);
        }
    }
}
