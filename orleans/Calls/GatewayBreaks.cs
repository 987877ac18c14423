namespace Cluster.OrleansHost.Calls;

/// <summary>
/// Tells when a connection of this process to the cluster breaks. Orleans' client does not fail the calls whose answers
/// were to come over it: they would wait for their deadlines.
/// </summary>
internal sealed class GatewayBreaks
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isCutOff;

    /// <summary>Whether this process has no connection to any silo.</summary>
    public bool IsCutOff
    {
        get => _isCutOff;
        set => _isCutOff = value;
    }

    /// <summary>Completes at the next break.</summary>
    public Task Next => _next.Task;

    /// <summary>A connection has broken.</summary>
    public void Tell()
    {
        var told = _next;
        _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        told.TrySetResult();
    }
}
