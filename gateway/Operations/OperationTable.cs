using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Cluster.Silo.Hosting.Contracts;

namespace Cluster.Gateway.Operations;

/// <summary>Every operation that the gateway serves, found by the names that callers use.</summary>
internal sealed class OperationTable
{
    private readonly FrozenDictionary<string, Operation> _byName;

    public OperationTable(Contract contract)
    {
        All = [.. contract.Operations.Where(operation => !operation.Internal)];
        _byName = All
            .SelectMany(operation => new[]
            {
                KeyValuePair.Create(operation.PublicName(), operation),
                KeyValuePair.Create(operation.Path[1..], operation),
            })
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>In the order of the contracts; internal ones are not among them.</summary>
    public IReadOnlyList<Operation> All { get; }

    /// <summary>Finds an operation.</summary>
    /// <param name="name"><c>Wallets/GetWallet</c> or <c>cluster.v1.Wallets/GetWallet</c>.</param>
    /// <param name="operation">The operation.</param>
    public bool TryFind(string name, [NotNullWhen(true)] out Operation? operation) => _byName.TryGetValue(name, out operation);
}
