namespace Cluster.Silo.Hosting;

/// <summary>
/// The callee's side: a class whose public methods bear the names of its rpcs,
/// <c>Task&lt;TReply&gt; Rpc(TRequest request, Call call)</c>. One activation in the whole cluster, one call at a time in
/// order of arrival; read-only calls may overlap each other.
/// </summary>
/// <remarks>
/// A grain commits before it answers. One that throws anything but a <see cref="ClusterException"/>, or that meets a
/// stale version, is dropped; the next call starts from what was committed.
/// A grain never awaits a call up the tree (lane to campaign) inside a turn; it posts such calls outside of turns.
/// </remarks>
public abstract class Grain
{
    private IActivation? _activation;

    /// <summary>Which grain this is.</summary>
    public GrainId Id => Activation.Id;

    /// <summary>Other grains.</summary>
    protected IGrains Grains => Activation.Grains;

    /// <summary>The host's hold on this activation: timers, reminders, life time.</summary>
    protected IActivation Activation =>
        _activation ?? throw new InvalidOperationException("A grain has no activation in its constructor.");

    /// <summary>Loads what was committed; runs before the first call.</summary>
    /// <param name="cancellationToken">Cancelled when activation takes longer than the host allows.</param>
    protected internal virtual Task OnActivate(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The last turn: stop what runs beside the turns, zero secrets. Not run where the process dies.</summary>
    /// <param name="cancellationToken">Cancelled when the host cannot wait any longer.</param>
    protected internal virtual Task OnDeactivate(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A reminder fired, as a turn; at least once for every time that it was due.</summary>
    /// <param name="name">The reminder's name.</param>
    /// <param name="call">A system call.</param>
    protected internal virtual Task OnReminder(string name, Call call) => Task.CompletedTask;

    internal void Attach(IActivation activation) => _activation = activation;
}
