using Cluster.Silo.Hosting.Invocation;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>
/// A grain's place in the host: its mailbox, and its activation while it has one. A call that finds the grain idle runs
/// on the caller's thread; everything else waits in the mailbox and is run by this work item on the thread pool, a few
/// turns at a time, so that no stack grows with the number of turns and no grain keeps a thread for itself.
/// </summary>
internal sealed partial class GrainCell(GrainTable table, string key) : IThreadPoolWorkItem
{
    private const int TurnsAtOnce = 64;

    /// <summary>The cell whose waiting turns this thread runs: it looks for the next one itself.</summary>
    [ThreadStatic]
    private static GrainCell? _served;

    private readonly TurnRuntime _runtime = table.Runtime;
    private GrainActivation? _activation;
    private volatile Turn? _running;

    public GrainId Id => new(table.GrainType, key);

    public string Key => key;

    public Mailbox Mailbox { get; } = new(table.Runtime.Options.MailboxBound);

    public GrainActivation? Activation => _activation;

    /// <summary>What runs, where it takes longer; one of them where several overlap.</summary>
    public Turn? Running => _running;

    /// <summary>The runtime's epoch of the last call.</summary>
    public int LastUsed { get; set; } = table.Runtime.Epoch;

    /// <summary>Runs turns that wait.</summary>
    public void Execute()
    {
        _served = this;
        for (var turns = 0; turns < TurnsAtOnce; turns++)
        {
            switch (Mailbox.TakeNext())
            {
                case null:
                    _served = null;
                    return;
                case LastTurn last:
                    _ = RunLast(last);
                    break;
                case Turn turn:
                    table.Metrics.Dequeued();
                    if (turn.Holds == Hold.Shared && Mailbox.Count > 0)
                    {
                        // Another thread takes what may run beside this one.
                        Schedule();
                    }

                    Begin(turn);
                    break;
            }
        }

        _served = null;
        Schedule();
    }

    /// <summary>Ends a turn that ran at once on the caller's thread.</summary>
    public void Leave(bool exclusive)
    {
        if (Mailbox.Leave(exclusive) && !ReferenceEquals(_served, this))
        {
            Schedule();
        }
    }

    /// <summary>Goes on with a turn that began on the caller's thread and did not succeed at once.</summary>
    public void Continue(Turn turn, Task started)
    {
        turn.Holds = turn.Exclusive ? Hold.Exclusive : Hold.Shared;
        turn.TryStart();
        turn.Watch();

        // What follows belongs to the grain: a fresh activation, for example, must not inherit this caller's context.
        var callers = IsolatedContext.Enter(turn.Call);
        _ = Finish(turn, started);
        IsolatedContext.Exit(callers);
    }

    /// <summary>Puts a turn into the mailbox.</summary>
    public Posted Post(Turn turn, bool unbounded = false)
    {
        var posted = Mailbox.Post(turn, unbounded);
        if (posted is Posted.Waits or Posted.MayStart)
        {
            table.Metrics.Enqueued();
            LastUsed = _runtime.Epoch;
        }

        if (posted == Posted.MayStart)
        {
            Schedule();
        }

        return posted;
    }

    /// <summary>The cell that has taken the place of this one, which has retired.</summary>
    public GrainCell Renew()
    {
        table.Remove(this);
        return table.Find(key);
    }

    /// <summary>The answer to a caller for whom the mailbox has no room.</summary>
    public ClusterException Full()
    {
        table.Metrics.Refused("mailbox_full");
        return new ClusterException(
            StatusCode.ResourceExhausted,
            $"{Id} has {_runtime.Options.MailboxBound:N0} calls waiting, as many as its mailbox holds (MailboxBound): make the call again later.");
    }

    /// <summary>Runs a timer's turn.</summary>
    public async Task RunTimer(Func<Call, Task> turn, GrainActivation activation)
    {
        try
        {
            await _runtime.RunCallback(this, "timer", (_, call) => turn(call), Call.System("timer"), activation);
        }
        catch (ClusterException error)
        {
            HostLog.TimerRefused(_runtime.Logger, Id, error);
        }
    }

    /// <summary>Takes a turn out whose caller has gone.</summary>
    public void Withdraw(Turn turn)
    {
        if (Mailbox.Remove(turn, out var mayStart))
        {
            table.Metrics.Dequeued();
        }

        if (mayStart)
        {
            Schedule();
        }
    }

    /// <summary>Ends the given activation after the turns that run now.</summary>
    public void End(GrainActivation activation)
    {
        if (Mailbox.CloseWith(new LastTurn(activation)))
        {
            Schedule();
        }
    }

    /// <summary>Ends whatever activation there is after the turns that wait now.</summary>
    public Task EndAfterWaiting()
    {
        var last = new LastTurn(null);
        switch (Mailbox.Post(last, unbounded: true))
        {
            case Posted.Retired:
                return Task.CompletedTask;
            case Posted.MayStart:
                Schedule();
                break;
        }

        return last.Ended;
    }

    /// <summary>Ends the activation where it is idle, and the cell with it.</summary>
    public async Task<bool> TryCollect()
    {
        if (Mailbox.TryRetireUnused())
        {
            // Its only callers gave up before it was activated.
            table.Remove(this);
            return true;
        }

        if (!Mailbox.TryEnter(exclusive: true))
        {
            return false;
        }

        if (_activation!.StaysActive)
        {
            Leave(exclusive: true);
            return false;
        }

        Mailbox.Closed();
        await EndActivation();
        Vacate();
        return true;
    }

    /// <summary>The answer to a caller who has gone or whose deadline has passed.</summary>
    public ClusterException GaveUp(Turn turn, bool waited)
    {
        table.Metrics.Refused(waited ? "gave_up_waiting" : "gave_up_running");
        var diagnosis = _runtime.Diagnosis;
        var detail = waited
            ? $" while it waited for its turn{diagnosis.OfWaiting(this, turn)}"
            : $" while it was running{(turn.Exclusive ? "; the change may have been made" : "")}{diagnosis.OfRunning(this, turn)}";
        return Failure.GivenUp($"{turn.What} of {Id}", detail, turn.Call, _runtime.Time);
    }

    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
