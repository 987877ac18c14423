using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;

namespace Cluster.Silo.Hosting.Invocation;

/// <summary>
/// An rpc that no grain answers, and the handler's method that bears its name. Handlers may need the host, which needs
/// the binding: so they are made at first use, which the start sees to.
/// </summary>
internal abstract class QueryMethod(Operation operation)
{
    public Operation Operation { get; } = operation;

    public virtual Task<IMessage> Unary(IMessage request, Call call) => throw WrongShape();

    public virtual IAsyncEnumerable<IMessage> ServerStream(IMessage request, Call call) => throw WrongShape();

    public virtual Task<IMessage> ClientStream(IAsyncEnumerable<IMessage> requests, Call call) => throw WrongShape();

    private InvalidOperationException WrongShape() => new($"{Operation} is called as another shape than {Operation.Kind}.");
}

internal sealed class UnaryQuery<THandler, TRequest, TReply>(
    Operation operation, Lazy<object> handler, Func<THandler, TRequest, Call, Task<TReply>> method) : QueryMethod(operation)
    where TRequest : IMessage
    where TReply : IMessage
{
    public override async Task<IMessage> Unary(IMessage request, Call call) => await method((THandler)handler.Value, (TRequest)request, call);
}

internal sealed class ServerStreamQuery<THandler, TRequest, TReply>(
    Operation operation, Lazy<object> handler, Func<THandler, TRequest, Call, IAsyncEnumerable<TReply>> method) : QueryMethod(operation)
    where TRequest : IMessage
    where TReply : class, IMessage
{
    public override IAsyncEnumerable<IMessage> ServerStream(IMessage request, Call call) =>
        method((THandler)handler.Value, (TRequest)request, call);
}

internal sealed class ClientStreamQuery<THandler, TRequest, TReply>(
    Operation operation, Lazy<object> handler, Func<THandler, IAsyncEnumerable<TRequest>, Call, Task<TReply>> method) : QueryMethod(operation)
    where TRequest : IMessage
    where TReply : IMessage
{
    public override async Task<IMessage> ClientStream(IAsyncEnumerable<IMessage> requests, Call call) =>
        await method((THandler)handler.Value, Typed(requests, call.Cancellation), call);

    private static async IAsyncEnumerable<TRequest> Typed(IAsyncEnumerable<IMessage> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var request in requests.WithCancellation(cancellationToken))
        {
            yield return (TRequest)request;
        }
    }
}
