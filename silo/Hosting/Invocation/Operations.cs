using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Hosting.Invocation;

/// <summary>Leads each rpc to the grain or the query handler that answers it.</summary>
internal sealed class Operations(Bindings bindings, IGrains grains, TimeProvider time, ILogger<Operations> logger) : IOperations
{
    public IReadOnlyList<MethodDescriptor> Methods { get; } =
        [.. bindings.Contract.Operations.Where(operation => !operation.Internal).Select(operation => operation.Method)];

    public Task<IMessage> Unary(MethodDescriptor method, IMessage request, Call call)
    {
        var operation = bindings.Contract.Find(method);
        return operation.GrainType is null
            ? Query(operation, call, (query, armed) => query.Unary(request, armed))
            : grains.Call<IMessage>(request, call);
    }

    public Task<IMessage> ClientStream(MethodDescriptor method, IAsyncEnumerable<IMessage> requests, Call call) =>
        Query(bindings.Contract.Find(method), call, (query, armed) => query.ClientStream(requests, armed));

    public IAsyncEnumerable<IMessage> ServerStream(MethodDescriptor method, IMessage request, Call call) =>
        Stream(bindings.Contract.Find(method), request, call);

    private async Task<IMessage> Query(Operation operation, Call call, Func<QueryMethod, Call, Task<IMessage>> run)
    {
        call = Arm(call, out var armed);
        try
        {
            return await run(bindings.QueryOf(operation), call).WaitAsync(call.Cancellation);
        }
        catch (Exception error)
        {
            throw Judge(error, operation, call);
        }
        finally
        {
            armed?.Dispose();
        }
    }

    private async IAsyncEnumerable<IMessage> Stream(
        Operation operation, IMessage request, Call call, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        call = Arm(call, out var armed);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, cancellationToken);
        call = call with { Cancellation = linked.Token };
        try
        {
            await using var replies = bindings.QueryOf(operation).ServerStream(request, call).GetAsyncEnumerator(linked.Token);
            while (await MoveNext(replies, operation, call))
            {
                yield return replies.Current;
            }
        }
        finally
        {
            armed?.Dispose();
        }
    }

    private async ValueTask<bool> MoveNext(IAsyncEnumerator<IMessage> replies, Operation operation, Call call)
    {
        try
        {
            return await replies.MoveNextAsync();
        }
        catch (Exception error)
        {
            throw Judge(error, operation, call);
        }
    }

    /// <summary>Streams may run for days: only a deadline that the caller has set ends them.</summary>
    private Call Arm(Call call, out CallDeadline? armed)
    {
        armed = null;
        return call.Deadline is null ? call : CallDeadline.Arm(call, time, default, out armed);
    }

    private ClusterException Judge(Exception error, Operation operation, Call call) =>
        Failure.Of(error, operation.Name, operation.ReadOnly, call, time, logger).Error;
}
