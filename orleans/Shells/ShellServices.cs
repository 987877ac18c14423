using System.Collections.Frozen;
using Cluster.OrleansHost.Reminders;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Hosting.Turns;

namespace Cluster.OrleansHost.Shells;

/// <summary>What all shells of a silo share.</summary>
public sealed class ShellServices
{
    private readonly FrozenDictionary<string, Operation> _operations;

    internal ShellServices(Contract contract, TurnRuntime turns, LiveShells shells, WakeDesk wakes, TimeProvider time, TimeProvider orleansTime)
    {
        (Turns, Shells, Wakes, Time, OrleansTime) = (turns, shells, wakes, time, orleansTime);
        _operations = contract.Operations.ToFrozenDictionary(operation => operation.Path, StringComparer.Ordinal);
    }

    internal TurnRuntime Turns { get; }

    internal LiveShells Shells { get; }

    internal WakeDesk Wakes { get; }

    /// <summary>The clock of grains.</summary>
    internal TimeProvider Time { get; }

    /// <summary>The clock of messages between silos.</summary>
    internal TimeProvider OrleansTime { get; }

    /// <summary>The rpc of a path.</summary>
    /// <exception cref="ClusterException">Another build's, that this one does not have.</exception>
    internal Operation OperationOf(string path) => _operations.GetValueOrDefault(path)
        ?? throw new ClusterException(StatusCode.Unimplemented, $"This silo's build has no operation {path}: a newer process has called it.");
}
