namespace Cluster.Silo.Hosting.Turns;

/// <summary>Ends activations that nobody has called for a while, and the longest idle ones where there are too many.</summary>
internal sealed class Collector(TurnRuntime runtime) : IAsyncDisposable
{
    /// <summary>Rounds within the idle age: an activation ends at most this fraction of it late.</summary>
    private const int RoundsToIdle = 8;

    private const int EndedAtOnce = 16;

    /// <summary>Where nothing can be collected, every new activation would look at all others again.</summary>
    private static readonly TimeSpan AfterRelievingNothing = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _crowded = new(0, 1);
    private Task _rounds = Task.CompletedTask;
    private Task _relief = Task.CompletedTask;

    public void Start()
    {
        runtime.OnCrowded = Ring;
        _rounds = RunRounds(_stopping.Token);
        _relief = RunRelief(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        runtime.OnCrowded = null;
        await _stopping.CancelAsync();
        await Task.WhenAll(_rounds, _relief).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _crowded.Dispose();
    }

    /// <summary>Ends the activations that were not called for the idle age.</summary>
    private async Task RunRounds(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(runtime.Options.IdleAge / RoundsToIdle, runtime.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            runtime.NextEpoch();
            var epoch = runtime.Epoch;

            // Last used in an epoch that has ended at least RoundsToIdle rounds ago.
            await Collect(runtime.Cells.Where(cell => epoch - cell.LastUsed > RoundsToIdle), int.MaxValue, cancellationToken);
        }
    }

    /// <summary>Ends those idle longest until a fifth of the room is free.</summary>
    private async Task RunRelief(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _crowded.WaitAsync(cancellationToken);
            var bound = runtime.Options.MaxActivations;
            var excess = runtime.Activations - (bound - Math.Max(1, bound / 5));
            if (excess > 0 && await Collect(runtime.Cells.OrderBy(cell => cell.LastUsed), excess, cancellationToken) == 0)
            {
                await Task.Delay(AfterRelievingNothing, runtime.Time, cancellationToken);
            }
        }
    }

    /// <returns>How many activations it has ended.</returns>
    private static async Task<int> Collect(IEnumerable<GrainCell> cells, int enough, CancellationToken cancellationToken)
    {
        var collected = 0;
        foreach (var several in cells.Where(cell => !cell.Mailbox.IsBusy).Chunk(EndedAtOnce))
        {
            if (collected >= enough || cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var ended = await Task.WhenAll(several.Take(enough - collected).Select(cell => cell.TryCollect()));
            collected += ended.Count(didEnd => didEnd);
        }

        return collected;
    }

    private void Ring()
    {
        try
        {
            if (_crowded.CurrentCount == 0)
            {
                _crowded.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another call has rung the same bell.
        }
    }
}
