using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>
/// Brings outcomes to one sink: in order, one batch at a time, again and again until it takes them.
/// </summary>
internal sealed class OutcomeDelivery(
    IOutcomeSink sink,
    Action<OutcomeDelivery, IReadOnlyList<(TrackedTransaction Transaction, TransactionOutcome Outcome)>> delivered,
    TimeSpan timeout,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping)
{
    private const int MaxBatch = 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<(TrackedTransaction Transaction, TransactionOutcome Outcome)> _pending = [];
    private bool _running;

    public IOutcomeSink Sink => sink;

    /// <summary>How many transactions report here; guarded by the lock of <see cref="InFlight"/>.</summary>
    public int Tracked { get; set; }

    /// <summary>Takes outcomes to bring. Returns at once.</summary>
    public void Post(IEnumerable<(TrackedTransaction Transaction, TransactionOutcome Outcome)> outcomes)
    {
        lock (_gate)
        {
            _pending.AddRange(outcomes);
            if (_running || _pending.Count == 0)
            {
                return;
            }

            _running = true;
        }

        _ = Task.Run(Pump, CancellationToken.None);
    }

    private async Task Pump()
    {
        var failures = 0;
        while (TakeBatch() is { Length: > 0 } batch)
        {
            if (await TryDeliver(batch, failures))
            {
                failures = 0;
                Forget(batch.Length);
                delivered(this, batch);
                continue;
            }

            try
            {
                await Task.Delay(Backoff.Exponential(failures++, FirstPause, LongestPause), time, stopping);
            }
            catch (OperationCanceledException)
            {
                // Stopping: what was not taken is found again by whoever takes up the committed transactions.
                return;
            }
        }
    }

    private (TrackedTransaction Transaction, TransactionOutcome Outcome)[] TakeBatch()
    {
        lock (_gate)
        {
            // A transaction that was submitted again reports to its new sink alone.
            _pending.RemoveAll(item => item.Transaction.Delivery != this);
            _running = _pending.Count > 0 && !stopping.IsCancellationRequested;
            return _running ? [.. _pending.Take(MaxBatch)] : [];
        }
    }

    private void Forget(int count)
    {
        lock (_gate)
        {
            _pending.RemoveRange(0, count);
        }
    }

    private async Task<bool> TryDeliver((TrackedTransaction Transaction, TransactionOutcome Outcome)[] batch, int failures)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            await sink.OnOutcomes(Array.ConvertAll(batch, item => item.Outcome), either.Token);
            return true;
        }
#pragma warning disable CA1031 // Whatever a sink throws, the outcomes must reach it: it is logged and they come again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!stopping.IsCancellationRequested)
            {
                SenderLog.SinkFailed(logger, batch.Length, failures + 1, exception);
            }

            return false;
        }
    }
}
