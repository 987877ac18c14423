using Cluster.Silo.Hosting.Invocation;

namespace Cluster.Silo.Hosting.Turns;

/// <content>How a turn that holds the grain runs and ends, and what its failure means for the activation.</content>
internal sealed partial class GrainCell
{
    private void Begin(Turn turn)
    {
        if (!turn.TryStart())
        {
            Skip(turn);
        }
        else if (turn.BoundTo is { } only && !ReferenceEquals(only, _activation))
        {
            turn.Succeed(Task.CompletedTask);
            Skip(turn);
        }
        else if (_activation is null)
        {
            _ = ActivateAndRun(turn);
        }
        else
        {
            Run(turn);
        }
    }

    private void Skip(Turn turn)
    {
        if (turn.Holds == Hold.Exclusive)
        {
            Vacate();
        }
        else
        {
            Leave(exclusive: false);
        }
    }

    /// <summary>Runs a turn that holds the grain; it has left again where it completed at once.</summary>
    private void Run(Turn turn)
    {
        Task task;
        var callers = IsolatedContext.Enter(turn.Call);
        try
        {
            task = turn.Run(_activation!.Grain);
        }
        catch (Exception error)
        {
            task = Task.FromException(error);
        }
        finally
        {
            IsolatedContext.Exit(callers);
        }

        _ = Finish(turn, task);
    }

    private async Task Finish(Turn turn, Task task)
    {
        if (!task.IsCompleted)
        {
            _running = turn;
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.CompareExchange(ref _running, null, turn);
            LastUsed = _runtime.Epoch;
        }

        if (task.IsCompletedSuccessfully)
        {
            Leave(turn.Holds == Hold.Exclusive);
            turn.Succeed(task);
            return;
        }

        var error = task.Exception?.InnerException ?? new OperationCanceledException();
        var failure = Failure.Of(error, $"{turn.What} of {Id}", !turn.Exclusive, turn.Call, _runtime.Time, _runtime.Logger);
        if (failure.IsStale && turn is { Exclusive: true, Retried: false, BoundTo: null })
        {
            // Nothing was committed, so the turn may run again, before all that waits, on what is committed now.
            HostLog.StaleVersion(_runtime.Logger, Id, turn.What, turn.Call.RequestId);
            turn.Retried = true;
            Mailbox.Closed();
            await EndActivation();
            await ActivateAndRun(turn);
            return;
        }

        if (!failure.SparesActivation)
        {
            Mailbox.CloseWith(new LastTurn(_activation));
        }

        Leave(turn.Holds == Hold.Exclusive);
        turn.Fail(failure.Error);
    }

    /// <summary>Runs a turn that holds the grain exclusively, since it has to be activated first.</summary>
    private async Task ActivateAndRun(Turn turn)
    {
        try
        {
            _activation = await table.Activate(this);
        }
        catch (ClusterException error)
        {
            // Whoever waited has waited for this; the next call tries again.
            var cleared = Mailbox.Clear();
            List<Turn> waiting = [.. cleared.OfType<Turn>()];
            table.Metrics.Dequeued(waiting.Count);
            turn.Fail(error);
            foreach (var other in waiting.Where(other => other.TryStart()))
            {
                other.Fail(new ClusterException(error.Status, error.Message, error));
            }

            Vacate();
            foreach (var last in cleared.OfType<LastTurn>())
            {
                last.HasEnded();
            }

            return;
        }

        Mailbox.Opened();
        if (!turn.Exclusive)
        {
            turn.Holds = Hold.Shared;
            if (Mailbox.Share())
            {
                Schedule();
            }
        }

        Run(turn);
    }

    private async Task RunLast(LastTurn last)
    {
        if (last.Activation is null || ReferenceEquals(last.Activation, _activation))
        {
            Mailbox.Closed();
            await EndActivation();
        }
        else if (_activation is not null)
        {
            // It was meant for an earlier activation, which has ended otherwise.
            Mailbox.Opened();
        }

        Vacate();
        last.HasEnded();
    }

    private async Task EndActivation()
    {
        if (_activation is { } ended)
        {
            await table.End(ended);
            _activation = null;
        }
    }

    /// <summary>Leaves what was held exclusively; the cell ends where neither an activation nor a turn needs it.</summary>
    private void Vacate()
    {
        if (_activation is null && Mailbox.TryRetire())
        {
            table.Remove(this);
        }
        else
        {
            Leave(exclusive: true);
        }
    }
}
