using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Hosting.Reminders;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Hosting.Embedded;

/// <summary>All grains of this process, and the way to each. Grains call each other through it even while the host stops.</summary>
internal sealed class EmbeddedRuntime : IGrains
{
    private const int LongestKey = 128;

    private readonly FrozenDictionary<Type, Route> _routes;
    private readonly FrozenDictionary<string, GrainTable> _tables;
    private int _activations;
    private int _epoch;

    public EmbeddedRuntime(
        Bindings bindings,
        EmbeddedHostOptions options,
        IReminderStore reminders,
        IServiceProvider services,
        HostMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        (Options, Reminders, Services, Metrics, Time, Logger) = (options, reminders, services, metrics, time, logger);
        Diagnosis = new WaitDiagnosis(this);
        _tables = bindings.Grains.ToFrozenDictionary(grain => grain.GrainType, grain => new GrainTable(this, grain.GrainType, grain.Class));
        _routes = bindings.GrainMethods.ToFrozenDictionary(
            method => method.Operation.RequestType,
            method => new Route(method, _tables[method.Operation.GrainType!], metrics.OfOperation(method.Operation)));
    }

    /// <summary>Told when the room for activations runs short.</summary>
    public Action? OnCrowded { get; set; }

    public EmbeddedHostOptions Options { get; }

    public IReminderStore Reminders { get; }

    public IServiceProvider Services { get; }

    public HostMetrics Metrics { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public WaitDiagnosis Diagnosis { get; }

    public IEnumerable<GrainTable> Tables => _tables.Values;

    public IEnumerable<GrainCell> Cells => _tables.Values.SelectMany(table => table.Cells);

    public int Activations => Volatile.Read(ref _activations);

    /// <summary>Counts the collector's rounds: a clock that costs a call nothing to read.</summary>
    public int Epoch => _epoch;

    public void NextEpoch() => Interlocked.Increment(ref _epoch);

    public Task<TReply> Call<TReply>(IMessage request, Call call)
        where TReply : class, IMessage
    {
        if (!_routes.TryGetValue(request.GetType(), out var route))
        {
            return Task.FromException<TReply>(NoGrain(request));
        }

        return route.Metrics.Called()
            ? Observed<TReply>(route, request, call)
            : Start<TReply>(route, request, call);
    }

    /// <summary>Runs a reminder's turn.</summary>
    /// <exception cref="ClusterException">It failed, or no grain of that type is hosted here.</exception>
    public Task Remind(GrainId id, string name, Call call)
    {
        if (!_tables.TryGetValue(id.Type, out var table))
        {
            throw new ClusterException(StatusCode.Unimplemented, $"Reminder {name} is for {id}, and this silo hosts no grains of type {id.Type}.");
        }

        return RunCallback(table.Find(id.Key), $"reminder {name}", (grain, turnCall) => grain.OnReminder(name, turnCall), call, boundTo: null);
    }

    /// <summary>Runs a timer's or a reminder's turn.</summary>
    /// <exception cref="ClusterException">It failed.</exception>
    public Task RunCallback(GrainCell cell, string what, Func<Grain, Call, Task> callback, Call call, EmbeddedActivation? boundTo)
    {
        var armedCall = CallDeadline.Arm(call, Time, Options.DefaultDeadline, out var armed);
        var turn = new CallbackTurn(cell, what, callback, armedCall, armed, boundTo);
        Post(turn, unbounded: boundTo is not null);
        return turn.Answer;
    }

    public bool TryReserveActivation()
    {
        var count = Interlocked.Increment(ref _activations);
        if (count > Options.MaxActivations - (Options.MaxActivations / 10))
        {
            OnCrowded?.Invoke();
        }

        if (count <= Options.MaxActivations)
        {
            return true;
        }

        ReleaseActivation();
        return false;
    }

    public void ReleaseActivation() => Interlocked.Decrement(ref _activations);

    private Task<TReply> Start<TReply>(Route route, IMessage request, Call call)
        where TReply : class, IMessage
    {
        var (method, table) = (route.Method, route.Table);
        if (typeof(TReply) != method.ReplyType && typeof(TReply) != typeof(IMessage))
        {
            return Task.FromException<TReply>(new ArgumentException($"{method.Operation} replies {method.ReplyType.Name}, not {typeof(TReply).Name}.", nameof(request)));
        }

        var key = method.Operation.KeyOf(request);
        if ((uint)(key.Length - 1) >= LongestKey)
        {
            return Task.FromException<TReply>(WrongKey(method, key));
        }

        CallDeadline? armed = null;
        if (call.Deadline is not null)
        {
            call = CallDeadline.Arm(call, Time, default, out armed);
        }

        if (call.Cancellation.IsCancellationRequested)
        {
            armed?.Dispose();
            return Task.FromException<TReply>(Failure.GivenUp($"{method.Operation.Name} of {table.GrainType}/{key}", " before it was begun", call, Time));
        }

        if (!table.TryFind(key, out var cell))
        {
            if (key.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            {
                armed?.Dispose();
                return Task.FromException<TReply>(new ClusterException(
                    StatusCode.InvalidArgument, $"The {method.Operation.KeyField} of {method.Operation.Name} holds a control character."));
            }

            cell = table.Find(key);
        }

        return RuntimeHelpers.TryEnsureSufficientExecutionStack() && cell.Mailbox.TryEnter(!method.ReadOnly)
            ? RunHere<TReply>(cell, method, request, call, armed)
            : Wait<TReply>(cell, method, request, call, armed);
    }

    /// <summary>Runs the turn on this thread: the grain was idle, and is held.</summary>
    private Task<TReply> RunHere<TReply>(GrainCell cell, GrainMethod method, IMessage request, Call call, CallDeadline? armed)
        where TReply : class, IMessage
    {
        cell.LastUsed = _epoch;
        Task task;
        var callers = IsolatedContext.Enter(call);
        try
        {
            task = method.Invoke(cell.Activation!.Grain, request, call);
        }
        catch (Exception error)
        {
            task = Task.FromException(error);
        }
        finally
        {
            IsolatedContext.Exit(callers);
        }

        if (task.IsCompletedSuccessfully)
        {
            cell.Leave(!method.ReadOnly);
            armed?.Dispose();
            return task as Task<TReply> ?? Task.FromResult((TReply)method.ReplyOf(task));
        }

        if (call.Deadline is null)
        {
            call = CallDeadline.Arm(call, Time, Options.DefaultDeadline, out armed);
        }

        var turn = new CallTurn<TReply>(cell, method, request, call, armed);
        cell.Continue(turn, task);
        return turn.Answer;
    }

    private Task<TReply> Wait<TReply>(GrainCell cell, GrainMethod method, IMessage request, Call call, CallDeadline? armed)
        where TReply : class, IMessage
    {
        if (call.Deadline is null)
        {
            call = CallDeadline.Arm(call, Time, Options.DefaultDeadline, out armed);
        }

        var turn = new CallTurn<TReply>(cell, method, request, call, armed);
        Post(turn, unbounded: false);
        return turn.Answer;
    }

    private static void Post(Turn turn, bool unbounded)
    {
        // Before it can run: a turn that has ended releases its watch.
        turn.Watch();
        while (true)
        {
            switch (turn.Cell.Post(turn, unbounded))
            {
                case Posted.Retired:
                    turn.Cell = turn.Cell.Renew();
                    break;
                case Posted.Full:
                    turn.Fail(turn.Cell.Full());
                    return;
                default:
                    return;
            }
        }
    }

    private async Task<TReply> Observed<TReply>(Route route, IMessage request, Call call)
        where TReply : class, IMessage
    {
        var observation = route.Metrics.Observe(call, Time);
        try
        {
            return await Start<TReply>(route, request, observation.Call);
        }
        catch (ClusterException error)
        {
            observation.Failed(error);
            throw;
        }
        finally
        {
            observation.Dispose();
        }
    }

    private static ClusterException WrongKey(GrainMethod method, string key) => new(
        StatusCode.InvalidArgument,
        key.Length == 0
            ? $"{method.Operation.Name} needs a {method.Operation.KeyField}."
            : $"The {method.Operation.KeyField} of {method.Operation.Name} has {key.Length} characters; at most {LongestKey} are allowed.");

    private static ArgumentException NoGrain(IMessage request) =>
        new($"No grain answers {request.Descriptor.FullName}; lists and streams are answered by query handlers.", nameof(request));

    private sealed record Route(GrainMethod Method, GrainTable Table, OperationMetrics Metrics);
}
