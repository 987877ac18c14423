using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Hosting.Contract;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>
/// The ground of the conformance suite: a class a promise, each derived once for every kind of host. A test has a
/// database, a clock and a stage of its own.
/// </summary>
public abstract class HostConformance(IConformanceHosts hosts) : IAsyncLifetime
{
    private readonly List<IConformanceHost> _running = [];
    private TestDatabase? _database;

    protected Stage Stage { get; } = new();

    protected FakeTimeProvider Clock { get; } = new();

    protected DateTimeOffset Beginning { get; } = new FakeTimeProvider().GetUtcNow();

    protected TestDatabase Database => _database!;

    protected ConformanceSettings Settings => new(Stage, Database, Clock);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        await Database.Execute(ProbeGrain.CreateTable);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _running)
        {
            await host.Kill();
        }

        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task<IConformanceHost> Start(Func<ConformanceSettings, ConformanceSettings>? change = null) =>
        Start(change ?? (settings => settings), hosts.Start);

    protected async Task<IConformanceHost> Start(
        Func<ConformanceSettings, ConformanceSettings> change, Func<ConformanceSettings, Task<IConformanceHost>> start)
    {
        var host = await start(change(Settings));
        _running.Add(host);
        return host;
    }

    /// <summary>A client's call.</summary>
    protected static Call NewCall() => new(new Caller("key-1", "a test"), Guid.NewGuid().ToString("n"));

    /// <summary>A promise that a test keeps when it likes.</summary>
    protected static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected static Task<ActReply> Act(IConformanceHost host, string probe, string script, Call? call = null) =>
        host.Grains.Call<ActReply>(new ActRequest { ProbeId = probe, Script = script }, call ?? NewCall());

    protected static Task<ActReply> Look(IConformanceHost host, string probe, string script, Call? call = null) =>
        host.Grains.Call<ActReply>(new LookRequest { ProbeId = probe, Script = script }, call ?? NewCall());

    protected static Task<Total> Add(IConformanceHost host, string probe, long amount, string? requestId = null) =>
        host.Grains.Call<Total>(
            new AddToTotalRequest { ProbeId = probe, Amount = amount, RequestId = requestId ?? Guid.NewGuid().ToString("n") },
            NewCall());

    protected static async Task<long> TotalOf(IConformanceHost host, string probe) =>
        (await host.Grains.Call<Total>(new GetTotalRequest { ProbeId = probe }, NewCall())).Total_;

    /// <summary>Looks again until it is so; only for what a host does after its answer, which nothing announces.</summary>
    protected static async Task Eventually(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    protected static async Task<ClusterException> Refused(StatusCode status, Task call)
    {
        var error = await Assert.ThrowsAsync<ClusterException>(() => call.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(status == error.Status, $"expected {status}, got {error.Status}: {error}");
        return error;
    }
}
