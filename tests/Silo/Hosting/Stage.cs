using System.Collections.Concurrent;
using Cluster.Silo.Hosting;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>What a test gives its grains to do, and what it learns of their lives; nothing in it waits by time.</summary>
public sealed class Stage
{
    private readonly ConcurrentDictionary<string, Func<ProbeGrain, Call, Task<string>>> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _moments = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _log = new();

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    /// <summary>Runs before a grain loads; throws where the test wants that to fail.</summary>
    public Func<ProbeGrain, CancellationToken, Task> Activating { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs in a grain's last turn.</summary>
    public Func<ProbeGrain, CancellationToken, Task> Deactivating { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs when a reminder fires.</summary>
    public Func<ProbeGrain, string, Call, Task> Reminding { get; set; } = (_, _, _) => Task.CompletedTask;

    public void Script(string name, Func<ProbeGrain, Call, Task<string>> script) => _scripts[name] = script;

    public void Script(string name, Func<ProbeGrain, Call, Task> script) =>
        Script(name, async (grain, call) =>
        {
            await script(grain, call);
            return "";
        });

    public Task<string> Run(string script, ProbeGrain grain, Call call) => _scripts[script](grain, call);

    /// <summary>Notes that something happened.</summary>
    public void Happened(string what)
    {
        _log.Enqueue(what);
        Source(what).TrySetResult();
    }

    /// <summary>Completes as soon as it has happened once.</summary>
    public Task When(string what) => Source(what).Task.WaitAsync(TimeSpan.FromSeconds(30));

    private TaskCompletionSource Source(string what) =>
        _moments.GetOrAdd(what, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
