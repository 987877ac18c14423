using Cluster.Silo.Hosting.Invocation;
using Google.Protobuf;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>One turn of a grain that has to wait, or whose method did not complete at once.</summary>
internal abstract class Turn(GrainCell cell, Call call, CallDeadline? armed, bool exclusive) : MailboxItem(exclusive)
{
    private CancellationTokenRegistration _cancellation;
    private int _started;

    public Call Call { get; } = call;

    /// <summary>What runs, for messages: an rpc, a reminder, a timer.</summary>
    public abstract string What { get; }

    /// <summary>The only activation that may run it; null where any may.</summary>
    public virtual GrainActivation? BoundTo => null;

    /// <summary>Whether it met a stale version and runs for the second time.</summary>
    public bool Retried { get; set; }

    /// <summary>Where it waits or runs.</summary>
    public GrainCell Cell { get; set; } = cell;

    /// <summary>Runs on an activated grain, inside the turn.</summary>
    public abstract Task Run(Grain grain);

    /// <summary>False where the caller has gone before it was its turn.</summary>
    public bool TryStart() => Interlocked.Exchange(ref _started, 1) == 0;

    /// <summary>Answers the caller at the deadline, wherever the turn is by then. To be called once.</summary>
    public void Watch() =>
        _cancellation = Call.Cancellation.UnsafeRegister(static turn => ((Turn)turn!).GiveUp(), this);

    public void Succeed(Task completed)
    {
        SetReply(completed);
        Release();
    }

    public void Fail(ClusterException error)
    {
        SetError(error);
        Release();
    }

    protected abstract void SetReply(Task completed);

    protected abstract void SetError(ClusterException error);

    private void GiveUp()
    {
        var waited = Interlocked.Exchange(ref _started, 1) == 0;
        SetError(Cell.GaveUp(this, waited));
        if (waited)
        {
            Cell.Withdraw(this);
            armed?.Dispose();
        }
    }

    private void Release()
    {
        _cancellation.Dispose();
        armed?.Dispose();
    }
}

/// <summary>A call of an rpc.</summary>
/// <typeparam name="TReply">The rpc's reply, or <see cref="IMessage"/>.</typeparam>
internal sealed class CallTurn<TReply>(GrainCell cell, GrainMethod method, OperationMetrics metrics, IMessage request, Call call, CallDeadline? armed)
    : Turn(cell, call, armed, exclusive: !method.ReadOnly)
    where TReply : class, IMessage
{
    // Callers never continue on the stack of the turn that answers them.
    private readonly TaskCompletionSource<TReply> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TReply> Answer => _answer.Task;

    public override string What => method.Operation.Name;

    public override Task Run(Grain grain) => method.Invoke(grain, request, Call);

    protected override void SetReply(Task completed) => _answer.TrySetResult((TReply)method.ReplyOf(completed));

    protected override void SetError(ClusterException error)
    {
        if (_answer.TrySetException(error))
        {
            metrics.Failed(error.Status);
        }
    }
}

/// <summary>A reminder's or a timer's turn.</summary>
internal sealed class CallbackTurn(GrainCell cell, string what, Func<Grain, Call, Task> callback, Call call, CallDeadline? armed, GrainActivation? boundTo)
    : Turn(cell, call, armed, exclusive: true)
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Answer => _answer.Task;

    public override string What => what;

    public override GrainActivation? BoundTo => boundTo;

    public override Task Run(Grain grain) => callback(grain, Call);

    protected override void SetReply(Task completed) => _answer.TrySetResult();

    protected override void SetError(ClusterException error) => _answer.TrySetException(error);
}

/// <summary>The last turn of an activation.</summary>
/// <param name="activation">Which one ends; null for whichever there is by then.</param>
internal sealed class LastTurn(GrainActivation? activation) : MailboxItem(exclusive: true)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GrainActivation? Activation => activation;

    /// <summary>Completes when the activation has ended.</summary>
    public Task Ended => _ended.Task;

    public void HasEnded() => _ended.TrySetResult();
}
