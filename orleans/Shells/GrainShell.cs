using Cluster.OrleansHost.Calls;
using Cluster.Silo.Hosting;
using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using GrainId = Cluster.Silo.Hosting.GrainId;
using OrleansGrain = Orleans.Grain;

namespace Cluster.OrleansHost.Shells;

/// <summary>
/// A grain's place on a silo, as Orleans sees it: the cluster's only one at a time. It holds no state and decides
/// nothing; each call goes to the silo's turns, which run on the thread pool and not here, and what has no activation
/// and no call any more gives its place back. A type of grains is a class below with its name.
/// </summary>
/// <remarks>
/// Orleans never collects it as idle: the silo's turns know better when their grain is (timers, orders to stay), and
/// two who collect would work against each other. It is placed by chance: a campaign's lanes are
/// all called at once, and by what silos told of their load a second ago they would all come to lie on one.
/// </remarks>
[Reentrant]
[KeepAlive]
[RandomPlacement]
public abstract class GrainShell : OrleansGrain, IGrainShell, IRemindable
{
    private readonly ShellServices _services;
    private readonly ShellWakes _wakes;
    private readonly Arrivals _arrivals;
    private TaskScheduler _context = TaskScheduler.Default;

    /// <summary>Made by Orleans.</summary>
    /// <param name="services">The silo's.</param>
    protected GrainShell(ShellServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
        _wakes = new ShellWakes(this, services);
        _arrivals = new Arrivals(services.OrleansTime);
    }

    /// <summary>Which grain.</summary>
    internal GrainId Id => new(GrainContext.GrainId.Type.ToString()!, this.GetPrimaryKeyString());

    internal ShellWakes Wakes => _wakes;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _context = TaskScheduler.Current;
        _services.Shells.Add(this);
        return Task.CompletedTask;
    }

    /// <summary>The grain's last turn, after those that wait. A process that has no time left does not begin it.</summary>
    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            await _services.Turns.End(Id).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        _services.Shells.Remove(this);
    }

    /// <inheritdoc/>
    public async Task<Reply> Invoke(Invocation invocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        try
        {
            var operation = _services.OperationOf(invocation.Path);
            var request = invocation.Request(operation);
            await _arrivals.AwaitTurn(invocation.Place, cancellationToken);
            var answer = _services.Turns.Post(request, invocation.Call(_services.Time, cancellationToken));
            _arrivals.HasCome(invocation.Place);
            return new Reply(await answer);
        }
        catch (ClusterException refusal)
        {
            LeaveWhereVacant();
            return new Reply(refusal);
        }
    }

    /// <inheritdoc/>
    public async Task Wake(string name)
    {
        try
        {
            await _wakes.Look(name);
        }
        finally
        {
            LeaveWhereVacant();
        }
    }

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _wakes.IsRegistered(reminderName);
        return Wake(reminderName);
    }

    /// <summary>Gives the place back where the grain has neither an activation nor a call, nor one about to be let in.</summary>
    internal void LeaveWhereVacant()
    {
        if (!_services.Turns.Holds(Id) && !_arrivals.AreAwaited)
        {
            GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "The grain has no activation."));
        }
    }

    /// <summary>Runs what Orleans demands to run inside a grain's context; also while the shell is being deactivated.</summary>
    internal Task RunInContext(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _context).Unwrap();
}
