using System.Runtime.CompilerServices;
using Cluster.Gateway.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;

namespace Cluster.Gateway.Operations;

/// <summary>What answers the operations, and a note in the audit log of every caller to whom it says no.</summary>
internal sealed class AuditedOperations(IOperations implementers, RefusalLog refusals)
{
    /// <summary>One request, one reply.</summary>
    public async Task<IMessage> Unary(Operation operation, IMessage request, Call call)
    {
        try
        {
            return await implementers.Unary(operation.Method, request, call);
        }
        catch (ClusterException error)
        {
            refusals.Answered(operation, request, call, error);
            throw;
        }
    }

    /// <summary>Any number of requests, one reply.</summary>
    public async Task<IMessage> ClientStream(Operation operation, IAsyncEnumerable<IMessage> requests, Call call)
    {
        try
        {
            return await implementers.ClientStream(operation.Method, requests, call);
        }
        catch (ClusterException error)
        {
            refusals.Answered(operation, null, call, error);
            throw;
        }
    }

    /// <summary>One request, any number of replies.</summary>
    public async IAsyncEnumerable<IMessage> ServerStream(
        Operation operation, IMessage request, Call call, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var replies = implementers.ServerStream(operation.Method, request, call).GetAsyncEnumerator(cancellationToken);
        while (await MoveNext(replies, operation, request, call))
        {
            yield return replies.Current;
        }
    }

    private async ValueTask<bool> MoveNext(IAsyncEnumerator<IMessage> replies, Operation operation, IMessage request, Call call)
    {
        try
        {
            return await replies.MoveNextAsync();
        }
        catch (ClusterException error)
        {
            refusals.Answered(operation, request, call, error);
            throw;
        }
    }
}
