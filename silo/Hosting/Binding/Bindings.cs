using System.Collections.Frozen;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Hosting.Invocation;

namespace Cluster.Silo.Hosting.Binding;

/// <summary>Which class answers which rpc; complete, or the start has failed.</summary>
internal sealed class Bindings(
    Contract contract,
    IReadOnlyList<GrainRegistration> grains,
    IReadOnlyList<GrainMethod> grainMethods,
    IReadOnlyList<QueryMethod> queryMethods,
    IReadOnlyList<Type> queryHandlers)
{
    private readonly FrozenDictionary<Operation, QueryMethod> _queries = queryMethods.ToFrozenDictionary(method => method.Operation);

    public Contract Contract => contract;

    public IReadOnlyList<GrainRegistration> Grains => grains;

    public IReadOnlyList<GrainMethod> GrainMethods => grainMethods;

    public IReadOnlyList<Type> QueryHandlers => queryHandlers;

    public QueryMethod QueryOf(Operation operation) => _queries[operation];
}
