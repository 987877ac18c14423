using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Cluster.Gateway.Access;
using Cluster.Gateway.Operations;
using Cluster.Grpc;
using Cluster.Grpc.Server;
using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ClusterStatus = Cluster.Silo.Hosting.StatusCode;
using GrpcStatus = Cluster.Grpc.StatusCode;

namespace Cluster.Gateway.Grpc;

/// <summary>Every operation over gRPC: one handler a shape, none an operation.</summary>
internal sealed class GrpcOperations(
    OperationTable operations,
    Admission admission,
    AuditedOperations implementers,
    EdgeErrors errors,
    IHostApplicationLifetime lifetime)
{
    private readonly FrozenDictionary<MethodDescriptor, Operation> _byMethod =
        operations.All.ToFrozenDictionary(operation => operation.Method);

    /// <summary>Maps all of them.</summary>
    public void MapTo(GrpcMethods methods)
    {
        foreach (var operation in operations.All)
        {
            var method = operation.Method;
            _ = operation.Kind switch
            {
                OperationKind.Unary => methods.MapUnary(method, Unary),
                OperationKind.ServerStream => methods.MapServerStreaming(method, ServerStream),
                OperationKind.ClientStream => methods.MapClientStreaming(method, ClientStream),
                _ => throw new NotSupportedException($"{method.FullName} streams both ways, which nothing here answers"),
            };
        }
    }

    /// <summary>Lets a call in, before any of its messages is read. Health and reflection need no key.</summary>
    /// <exception cref="ClusterException">It may not come in.</exception>
    public IDisposable? Admit(ServerCallContext context)
    {
        if (!_byMethod.TryGetValue(context.Method, out var operation))
        {
            return null;
        }

        if (!EdgeCall.TryGetRequestId(context.HttpContext.Request.Headers[EdgeCall.RequestIdHeader], out var requestId))
        {
            throw EdgeCall.UnusableRequestId();
        }

        return new GrpcCall(requestId, admission.Enter(operation, Credentials.Of(context.HttpContext)));
    }

    /// <summary>The status of what escaped, with the request's id in the trailers.</summary>
    public Status? StatusOf(Exception error, ServerCallContext context)
    {
        var requestId = (context.Admission as GrpcCall)?.RequestId;
        if (requestId is null)
        {
            EdgeCall.TryGetRequestId(context.GetRequestHeader(EdgeCall.RequestIdHeader), out requestId);
        }

        var answer = errors.Of(error, $"{context.Method.Service.Name}/{context.Method.Name}", requestId);
        context.ResponseTrailers.Add(EdgeCall.RequestIdHeader, requestId);
        if (SecondFactorChallenge.Is(answer.Status, answer.Message))
        {
            context.ResponseTrailers.Add(SecondFactorChallenge.Header, "required");
        }

        return new Status((GrpcStatus)(int)answer.Status, answer.Message);
    }

    private ValueTask<Call> Authorize(IMessage? request, ServerCallContext context) =>
        ((GrpcCall)context.Admission!).Authorize(admission, request, context);

    private async ValueTask<IMessage> Unary(IMessage request, ServerCallContext context) =>
        await implementers.Unary(_byMethod[context.Method], request, await Authorize(request, context));

    /// <summary>A stream ends when the process stops, so that a watcher does not hold up the stop: it may watch elsewhere.</summary>
    private async Task ServerStream(IMessage request, IServerStreamWriter<IMessage> responses, ServerCallContext context)
    {
        var call = await Authorize(request, context);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, lifetime.ApplicationStopping);
        call = call with { Cancellation = stopping.Token };
        await foreach (var reply in implementers.ServerStream(_byMethod[context.Method], request, call).WithCancellation(stopping.Token))
        {
            await responses.WriteAsync(reply, cancellationToken: stopping.Token);
        }
    }

    /// <summary>The first request says what the stream is about.</summary>
    private async ValueTask<IMessage> ClientStream(IAsyncEnumerable<IMessage> requests, ServerCallContext context)
    {
        await using var messages = Translated(requests, context.CancellationToken).GetAsyncEnumerator(context.CancellationToken);
        var first = await messages.MoveNextAsync() ? messages.Current : null;
        var call = await Authorize(first, context);
        return await implementers.ClientStream(_byMethod[context.Method], Joined(first, messages), call);
    }

    private static async IAsyncEnumerable<IMessage> Joined(IMessage? first, IAsyncEnumerator<IMessage> others)
    {
        if (first is null)
        {
            yield break;
        }

        yield return first;
        while (await others.MoveNextAsync())
        {
            yield return others.Current;
        }
    }

    /// <summary>What is wrong with a message on the wire is the caller's error, not one of whoever reads the stream.</summary>
    private static async IAsyncEnumerable<IMessage> Translated(
        IAsyncEnumerable<IMessage> requests,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var messages = requests.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await messages.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (RpcException error)
            {
                throw new ClusterException((ClusterStatus)(int)error.StatusCode, error.Status.Message, error);
            }

            yield return messages.Current;
        }
    }
}
