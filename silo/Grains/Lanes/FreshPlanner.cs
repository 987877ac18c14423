using Cluster.Silo.Hosting;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Draws up plans for recipients not reached before, one ahead of the turn that commits: while one is committed and
/// handed to the sender, the next is read, packed and signed.
/// </summary>
internal sealed class FreshPlanner(LaneContext lane, LanePumpParts parts, LaneTerms terms, BatchVariety variety, IGrains grains)
    : IAsyncDisposable
{
    private const int FailuresAtOnce = 1_000;

    /// <summary>A plan that waited longer has lost too much of the time in which it can land.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    private readonly Dictionary<long, string> _reasons = [];
    private IAsyncEnumerator<Lookup>? _pages;
    private CancellationTokenSource? _reading;
    private BatchCutter? _cutter;
    private bool _isEnd;
    private long _position;
    private Task<Drawn>? _ahead;

    /// <summary>What a scan has learned; recipients that it does not know are looked up.</summary>
    public ScanMap? Map { get; set; }

    /// <summary>The plan for the recipients from <paramref name="next"/> on.</summary>
    /// <param name="next">The first recipient not reached.</param>
    /// <param name="last">The lane's last one, not before it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LanePlan> Take(long next, long last, CancellationToken cancellationToken)
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            if (await TakeAhead(ahead) is { } drawn && drawn.Plan.First == next && parts.Time.GetElapsedTime(drawn.At) < MaxAge)
            {
                DrawAhead(last, cancellationToken);
                return drawn.Plan;
            }
        }

        await Reset();
        _position = next;
        var fresh = await Draw(last, cancellationToken);
        DrawAhead(last, cancellationToken);
        return fresh.Plan;
    }

    /// <summary>Forgets what was read and drawn up ahead.</summary>
    public async Task Reset()
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_reading is not null)
        {
            await _reading.CancelAsync();
        }

        if (_pages is not null)
        {
            await _pages.DisposeAsync();
        }

        _reading?.Dispose();
        (_pages, _reading, _cutter, _isEnd) = (null, null, null, false);
        _reasons.Clear();
    }

    public async ValueTask DisposeAsync() => await Reset();

    private void DrawAhead(long last, CancellationToken cancellationToken)
    {
        if (_position <= last)
        {
            _ahead = Task.Run(() => Draw(last, cancellationToken), cancellationToken);
        }
    }

    /// <summary>What went wrong ahead of time is tried again in time.</summary>
    private static async Task<Drawn?> TakeAhead(Task<Drawn> ahead)
    {
        await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ahead.IsCompletedSuccessfully ? await ahead : null;
    }

    private async Task<Drawn> Draw(long last, CancellationToken cancellationToken)
    {
        var now = await terms.Current(cancellationToken);
        var blockhash = await parts.Sender.GetRecentBlockhash(cancellationToken);
        var drawnAt = parts.Time.GetTimestamp();
        var cutter = _cutter ??= new BatchCutter(new BatchBuilder(now, variety));
        cutter.Renew(now, blockhash.Blockhash);

        var draft = new PlanDraft(blockhash);
        var first = _position;
        while (draft.Count < parts.Options.BatchesAtOnce && draft.FailureCount < FailuresAtOnce)
        {
            if (cutter.TryCut(_isEnd, out var cut))
            {
                draft.Take(cut, cutter, attempts: 1, TakeReason);
                _position = cut.Last + 1;
            }
            else if (_isEnd)
            {
                break;
            }
            else
            {
                await ReadOn(cutter, last, cancellationToken);
            }
        }

        var plan = new LanePlan
        {
            First = first,
            Next = _position,
            Batches = await draft.Sign(grains, lane.LaneId, lane.Call(cancellationToken)),
            Failures = draft.Failures,
        };
        return new Drawn(plan, drawnAt);
    }

    private async Task ReadOn(BatchCutter cutter, long last, CancellationToken cancellationToken)
    {
        if (_pages is null)
        {
            _reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _pages = parts.Payees.Stream(lane.CampaignId, lane.Asset, _position, last, Map, _reading.Token)
                .GetAsyncEnumerator(_reading.Token);
        }

        if (!await _pages.MoveNextAsync())
        {
            _isEnd = true;
            return;
        }

        cutter.Add(_pages.Current.Payees);
        foreach (var (sequence, reason) in _pages.Current.Reasons)
        {
            _reasons[sequence] = reason;
        }
    }

    private string TakeReason(long sequence) => _reasons.Remove(sequence, out var reason)
        ? reason
        : throw new InvalidOperationException($"Recipient {sequence} of lane {lane.LaneId} was refused without a reason.");

    /// <summary>A plan and when its blockhash was taken.</summary>
    private sealed record Drawn(LanePlan Plan, long At);
}
