using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Hosting.Reminders;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>
/// The grains that are active in this process, and their turns: it decides when a call runs. Which process a grain is
/// active in is for the host to decide.
/// </summary>
internal sealed class TurnRuntime : IGrains, IReminderTarget
{
    private const int GrainsNamed = 10;

    private readonly FrozenDictionary<Type, Route> _routes;
    private readonly FrozenDictionary<string, GrainTable> _tables;
    private int _activations;
    private int _epoch;

    public TurnRuntime(
        Bindings bindings,
        GrainHostOptions options,
        IGrains? others,
        IReminders reminders,
        IServiceProvider services,
        HostMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        (Options, Reminders, Services, Metrics, Time, Logger) = (options, reminders, services, metrics, time, logger);
        Others = others ?? this;
        Diagnosis = new WaitDiagnosis(this);
        _tables = bindings.Grains.ToFrozenDictionary(grain => grain.GrainType, grain => new GrainTable(this, grain.GrainType, grain.Class));
        _routes = bindings.GrainMethods.ToFrozenDictionary(
            method => method.Operation.RequestType,
            method => new Route(method, _tables[method.Operation.GrainType!], metrics.OfOperation(method.Operation)));
    }

    /// <summary>Told when the room for activations runs short.</summary>
    public Action? OnCrowded { get; set; }

    /// <summary>Told when a grain has nothing left here: neither an activation nor a call.</summary>
    public Action<GrainId>? OnVacated { get; set; }

    public GrainHostOptions Options { get; }

    /// <summary>How the grains here reach each other, and those that are elsewhere.</summary>
    public IGrains Others { get; }

    public IReminders Reminders { get; }

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

    /// <summary>Calls a grain of this process; it runs on the caller's thread where it is idle.</summary>
    public Task<TReply> Call<TReply>(IMessage request, Call call)
        where TReply : class, IMessage =>
        Call<TReply>(request, call, mayRunHere: true);

    /// <summary>Calls a grain of this process; it runs on the thread pool, and has its place in the order of arrival on return.</summary>
    public Task<IMessage> Post(IMessage request, Call call) => Call<IMessage>(request, call, mayRunHere: false);

    /// <summary>Whether a grain has an activation or a call here.</summary>
    public bool Holds(GrainId id) => _tables.TryGetValue(id.Type, out var table) && table.TryFind(id.Key, out _);

    /// <summary>Gives a grain its last turn, after the turns that wait now.</summary>
    public Task End(GrainId id) =>
        _tables.TryGetValue(id.Type, out var table) && table.TryFind(id.Key, out var cell) ? cell.EndAfterWaiting() : Task.CompletedTask;

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
    public Task RunCallback(GrainCell cell, string what, Func<Grain, Call, Task> callback, Call call, GrainActivation? boundTo)
    {
        var armedCall = CallDeadline.Arm(call, Time, Options.DefaultDeadline, out var armed);
        var turn = new CallbackTurn(cell, what, callback, armedCall, armed, boundTo);
        Post(turn, unbounded: boundTo is not null);
        return turn.Answer;
    }

    /// <summary>Gives every grain that is active now its last turn, after the turns that wait now.</summary>
    public Task EndAll() => EndAll(Cells);

    /// <summary>Lets turns end and gives every grain its last one; those that are still busy after the time are named in the log.</summary>
    public async Task Drain(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(atMost, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A grain in its last turns may call, and so activate, another one: so until there is none.
            while (Cells.ToList() is { Count: > 0 } cells)
            {
                await EndAll(cells).WaitAsync(both.Token);
            }
        }
        catch (OperationCanceledException)
        {
            var busy = Cells.ToList();
            HostLog.StoppedBusy(Logger, busy.Count, atMost, string.Join(", ", busy.Take(GrainsNamed).Select(cell => cell.Id)));
        }
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

    private Task<TReply> Call<TReply>(IMessage request, Call call, bool mayRunHere)
        where TReply : class, IMessage
    {
        if (!_routes.TryGetValue(request.GetType(), out var route))
        {
            return Task.FromException<TReply>(NoGrain(request));
        }

        return route.Metrics.Called()
            ? Observed<TReply>(route, request, call, mayRunHere)
            : Start<TReply>(route, request, call, mayRunHere);
    }

    private Task<TReply> Start<TReply>(Route route, IMessage request, Call call, bool mayRunHere)
        where TReply : class, IMessage
    {
        var (method, table) = (route.Method, route.Table);
        if (typeof(TReply) != method.ReplyType && typeof(TReply) != typeof(IMessage))
        {
            return Task.FromException<TReply>(new ArgumentException($"{method.Operation} replies {method.ReplyType.Name}, not {typeof(TReply).Name}.", nameof(request)));
        }

        var key = method.Operation.KeyOf(request);
        if (!GrainKey.HasLength(key))
        {
            return Task.FromException<TReply>(GrainKey.Fault(method.Operation, key)!);
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
            if (GrainKey.Fault(method.Operation, key) is { } fault)
            {
                armed?.Dispose();
                return Task.FromException<TReply>(fault);
            }

            cell = table.Find(key);
        }

        return mayRunHere && RuntimeHelpers.TryEnsureSufficientExecutionStack() && cell.Mailbox.TryEnter(!method.ReadOnly)
            ? RunHere<TReply>(cell, route, request, call, armed)
            : Wait<TReply>(cell, route, request, call, armed);
    }

    /// <summary>Runs the turn on this thread: the grain was idle, and is held.</summary>
    private Task<TReply> RunHere<TReply>(GrainCell cell, Route route, IMessage request, Call call, CallDeadline? armed)
        where TReply : class, IMessage
    {
        var method = route.Method;
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

        var turn = new CallTurn<TReply>(cell, method, route.Metrics, request, call, armed);
        cell.Continue(turn, task);
        return turn.Answer;
    }

    private Task<TReply> Wait<TReply>(GrainCell cell, Route route, IMessage request, Call call, CallDeadline? armed)
        where TReply : class, IMessage
    {
        if (call.Deadline is null)
        {
            call = CallDeadline.Arm(call, Time, Options.DefaultDeadline, out armed);
        }

        var turn = new CallTurn<TReply>(cell, route.Method, route.Metrics, request, call, armed);
        Post(turn, unbounded: false);
        return turn.Answer;
    }

    private static Task EndAll(IEnumerable<GrainCell> cells) => Task.WhenAll(cells.Select(cell => cell.EndAfterWaiting()));

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

    private Task<TReply> Observed<TReply>(Route route, IMessage request, Call call, bool mayRunHere)
        where TReply : class, IMessage
    {
        if (HostMetrics.Activities.HasListeners())
        {
            return Traced<TReply>(route, request, call, mayRunHere);
        }

        var start = Time.GetTimestamp();
        var answer = Start<TReply>(route, request, call, mayRunHere);
        if (answer.IsCompleted)
        {
            route.Metrics.Record(Time.GetElapsedTime(start));
        }
        else
        {
            _ = Timed(route.Metrics, start, answer);
        }

        return answer;
    }

    private async Task Timed(OperationMetrics metrics, long start, Task answer)
    {
        await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        metrics.Record(Time.GetElapsedTime(start));
    }

    private async Task<TReply> Traced<TReply>(Route route, IMessage request, Call call, bool mayRunHere)
        where TReply : class, IMessage
    {
        var observation = route.Metrics.Observe(call, Time);
        try
        {
            return await Start<TReply>(route, request, observation.Call, mayRunHere);
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

    private static ArgumentException NoGrain(IMessage request) =>
        new($"No grain answers {request.Descriptor.FullName}; lists and streams are answered by query handlers.", nameof(request));

    private sealed record Route(GrainMethod Method, GrainTable Table, OperationMetrics Metrics);
}
