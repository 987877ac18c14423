using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cluster.Silo.Hosting.Invocation;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>All grains of one type that are in memory.</summary>
internal sealed class GrainTable(TurnRuntime runtime, string grainType, Type grainClass)
{
    private static readonly Call ActivationCall = new(Caller.System("host"), "activation");

    private readonly ConcurrentDictionary<string, GrainCell> _cells = new(StringComparer.Ordinal);
    private readonly ObjectFactory _factory = ActivatorUtilities.CreateFactory(grainClass, []);

    public TurnRuntime Runtime => runtime;

    public string GrainType => grainType;

    public GrainTypeMetrics Metrics { get; } = runtime.Metrics.OfType(grainType);

    public IEnumerable<GrainCell> Cells => _cells.Values;

    public bool IsEmpty => _cells.IsEmpty;

    /// <summary>The grain's cell, where there is one.</summary>
    public bool TryFind(string key, [MaybeNullWhen(false)] out GrainCell cell) => _cells.TryGetValue(key, out cell);

    /// <summary>The grain's cell; made where there is none.</summary>
    public GrainCell Find(string key) =>
        _cells.TryGetValue(key, out var cell)
            ? cell
            : _cells.GetOrAdd(key, static (key, table) => new GrainCell(table, key), this);

    /// <summary>Removes a cell whose mailbox has retired.</summary>
    public void Remove(GrainCell cell)
    {
        if (_cells.TryRemove(new KeyValuePair<string, GrainCell>(cell.Key, cell)))
        {
            runtime.OnVacated?.Invoke(cell.Id);
        }
    }

    /// <summary>Makes and loads a grain.</summary>
    /// <exception cref="ClusterException">It could not be loaded, or there is no room for it.</exception>
    public async Task<GrainActivation> Activate(GrainCell cell)
    {
        if (!runtime.TryReserveActivation())
        {
            Metrics.Refused("activations");
            throw new ClusterException(
                StatusCode.ResourceExhausted,
                $"{cell.Id} cannot be activated: {runtime.Options.MaxActivations:N0} grains are active, as many as the silo holds (MaxActivations). Make the call again later.");
        }

        GrainActivation? activation = null;
        using var timeout = new CancellationTokenSource(runtime.Options.ActivationTimeout, runtime.Time);
        try
        {
            var grain = (Grain)_factory(runtime.Services, []);
            activation = new GrainActivation(cell, grain, runtime.Others, runtime.Reminders, runtime.Time);
            grain.Attach(activation);
            await grain.OnActivate(timeout.Token).WaitAsync(timeout.Token);
            Metrics.Activated();
            return activation;
        }
        catch (Exception error)
        {
            runtime.ReleaseActivation();
            if (activation is not null)
            {
                await activation.Stop();
            }

            var explained = Explain(error, cell.Id, timeout.IsCancellationRequested);
            Metrics.Failed(explained.Status);
            throw explained;
        }
    }

    /// <summary>Runs a grain's last turn and forgets it.</summary>
    public async Task End(GrainActivation activation)
    {
        using var timeout = new CancellationTokenSource(runtime.Options.DeactivationTimeout, runtime.Time);
        try
        {
            await activation.Stop();
            await activation.Grain.OnDeactivate(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception error)
        {
            HostLog.DeactivationFailed(runtime.Logger, activation.Id, error);
        }

        Metrics.Deactivated();
        runtime.ReleaseActivation();
    }

    private ClusterException Explain(Exception error, GrainId id, bool timedOut)
    {
        if (timedOut && error is OperationCanceledException)
        {
            HostLog.ActivationFailed(runtime.Logger, id, error);
            return new ClusterException(
                StatusCode.Unavailable,
                $"{id} could not be loaded within {runtime.Options.ActivationTimeout.TotalSeconds:0.###} s (ActivationTimeout): make the call again.",
                error);
        }

        return Failure.Of(error, $"Activation of {id}", readOnly: true, ActivationCall, runtime.Time, runtime.Logger).Error;
    }
}
