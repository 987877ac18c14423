using System.Threading.Channels;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Where a lane's turns and its pump meet: the turns lay out how the lane stands, the pump hands in steps, one at a time.
/// </summary>
internal sealed class LaneDesk
{
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile LaneView _view;
    private PendingStep? _pending;

    public LaneDesk(LaneView view) => _view = view;

    /// <summary>How the lane stood after the last turn.</summary>
    public LaneView View => _view;

    /// <summary>Lays out how the lane stands, and wakes the pump.</summary>
    public void Publish(LaneView view)
    {
        _view = view;
        _news.Writer.TryWrite(true);
    }

    /// <summary>Waits until something was published since the last wait, or the time is over.</summary>
    /// <returns>Whether there is news.</returns>
    public async Task<bool> AwaitNews(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _news.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Hands in a step; the pump has at most one at a time.</summary>
    public PendingStep HandIn(LaneStep step)
    {
        var pending = new PendingStep(step);
        Volatile.Write(ref _pending, pending);
        return pending;
    }

    /// <summary>Takes the step that waits; null where none does.</summary>
    public PendingStep? Take() => Interlocked.Exchange(ref _pending, null);
}

/// <summary>A step, and whether it was entered into the books.</summary>
internal sealed class PendingStep(LaneStep step)
{
    public LaneStep Step => step;

    /// <summary>Set by the turn after its commit; false where another turn has overtaken the step.</summary>
    public bool IsEntered { get; set; }
}
