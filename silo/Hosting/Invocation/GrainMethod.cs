using System.Diagnostics.CodeAnalysis;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;

namespace Cluster.Silo.Hosting.Invocation;

/// <summary>
/// Runs one rpc on a grain, whatever the host. Made once at start; running it looks nothing up and reflects on nothing.
/// </summary>
public abstract class GrainMethod
{
    private protected GrainMethod(Operation operation)
    {
        Operation = operation;
        ReadOnly = operation.ReadOnly;
        ReplyType = operation.ReplyType;
    }

    /// <summary>The rpc.</summary>
    public Operation Operation { get; }

    /// <summary>May overlap other read-only calls of the same grain.</summary>
    public bool ReadOnly { get; }

    /// <summary>The reply's C# type.</summary>
    public Type ReplyType { get; }

    /// <summary>
    /// Runs the rpc; to be called by a host inside a turn. A request that was answered before gets its recorded answer
    /// instead.
    /// </summary>
    /// <param name="grain">An activated grain of the rpc's type.</param>
    /// <param name="request">Of the rpc's request type.</param>
    /// <param name="call">What travels with it.</param>
    /// <returns>A <c>Task&lt;TReply&gt;</c> of the rpc's reply type.</returns>
    public abstract Task Invoke(Grain grain, IMessage request, Call call);

    /// <summary>The reply.</summary>
    /// <param name="completed">What <see cref="Invoke"/> returned, successfully completed.</param>
    public abstract IMessage ReplyOf(Task completed);
}

/// <summary>An rpc, and the method that bears its name.</summary>
internal sealed class GrainMethod<TGrain, TRequest, TReply>(
    Operation operation,
    Func<TGrain, TRequest, Call, Task<TReply>> method,
    AnsweredRequests answered) : GrainMethod(operation)
    where TGrain : Grain
    where TRequest : IMessage
    where TReply : IMessage
{
    private readonly bool _answersOnce = operation.HasRequestId;

    public override Task Invoke(Grain grain, IMessage request, Call call) =>
        _answersOnce ? InvokeOnce((TGrain)grain, (TRequest)request, call) : method((TGrain)grain, (TRequest)request, WithoutKey(call));

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The task is completed; nothing waits.")]
    public override IMessage ReplyOf(Task completed) => ((Task<TReply>)completed).Result;

    /// <summary>A caller that is itself a grain may pass its own call on, whose answer is recorded elsewhere.</summary>
    private static Call WithoutKey(Call call) => call.Idempotency is null ? call : call with { Idempotency = null };

    private async Task<TReply> InvokeOnce(TGrain grain, TRequest request, Call call)
    {
        var key = AnsweredRequests.KeyOf(Operation, grain.Id, request, call.Caller);
        return await answered.Find(key, call.Cancellation) is { } reply
            ? (TReply)Operation.Method.OutputType.Parser.ParseFrom(reply.Span)
            : await method(grain, request, call with { Idempotency = key });
    }
}
