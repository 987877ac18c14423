using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace Cluster.OrleansHost.Shells;

/// <summary>
/// The reminders of one grain, as its shell sees them. The row in <c>reminders</c> is the truth; Orleans' reminder of
/// the same name only wakes the grain again and again, so that somebody looks at the row whatever silo dies. It stays
/// a while after the row has gone: a wake that finds none ends it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
internal sealed class ShellWakes(GrainShell shell, ShellServices services)
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly HashSet<string> _registered = new(StringComparer.Ordinal);

    /// <summary>Orleans has just told that it has this one.</summary>
    public void IsRegistered(string name)
    {
        lock (_registered)
        {
            _registered.Add(name);
        }
    }

    /// <summary>Sees to Orleans' reminder first and then writes the row, so that there is no row that nobody wakes.</summary>
    public async Task Set(string name, Func<Task> writeRow, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await Register(name).WaitAsync(cancellationToken);
            await writeRow();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Fires the reminder where it is due, and sees to it that somebody looks again in time.</summary>
    public async Task Look(string name)
    {
        await services.Wakes.Fire(shell.Id, name);
        await _one.WaitAsync();
        try
        {
            if (await services.Wakes.LookAgain(shell.Id, name))
            {
                await Register(name);
            }
            else
            {
                await Unregister(name);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private Task Register(string name)
    {
        lock (_registered)
        {
            if (_registered.Contains(name))
            {
                return Task.CompletedTask;
            }
        }

        return shell.RunInContext(async () =>
        {
            if (await shell.GetReminder(name) is null)
            {
                await shell.RegisterOrUpdateReminder(name, services.Wakes.Period, services.Wakes.Period);
            }

            IsRegistered(name);
        });
    }

    private Task Unregister(string name)
    {
        lock (_registered)
        {
            _registered.Remove(name);
        }

        return shell.RunInContext(async () =>
        {
            if (await shell.GetReminder(name) is { } reminder)
            {
                await shell.UnregisterReminder(reminder);
            }
        });
    }
}
