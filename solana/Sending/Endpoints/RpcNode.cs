namespace Cluster.Solana;

/// <summary>
/// One endpoint with what is known of it: whether it serves the right network, how often it failed of late, until when it
/// asked to be left alone, how far its ledger is.
/// </summary>
internal sealed class RpcNode(SolanaRpcClient client, SolanaEndpointOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Failures in a row after which the node is left alone for a while.</summary>
    private const int FailuresToOpen = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Short, because it is the only node in many installations, and a try every few seconds costs nothing.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The most that a node may ask for with <c>Retry-After</c>.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>How long one caller tries a node that was left alone, before the next may.</summary>
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly long[] _failedCalls = new long[Enum.GetValues<RpcFailure>().Length];
    private readonly TokenBucket _requests = new(options.RequestsPerSecond, time);
    private readonly TokenBucket _sends = new(options.SendsPerSecond, time);
    private int _failures;
    private int _throttled;
    private bool _paused;
    private bool _probing;
    private long _notBefore;
    private ulong _slot;

    public SolanaRpcClient Client { get; } = client;

    /// <summary>Whether its genesis hash has been seen to be the configured network's.</summary>
    public bool Verified { get; set; }

    /// <summary>How many transactions go into one request; 1 once the endpoint has refused a batch.</summary>
    public int SendBatchSize { get; private set; } = options.SendBatchSize;

    /// <summary>The newest slot that it has answered from.</summary>
    public ulong Slot => Volatile.Read(ref _slot);

    /// <summary>How many calls have failed, by reason; reasons that never occurred are left out.</summary>
    public IEnumerable<(RpcFailure Failure, long Calls)> FailedCalls =>
        Enum.GetValues<RpcFailure>()
            .Select(failure => (failure, Volatile.Read(ref _failedCalls[(int)failure])))
            .Where(failed => failed.Item2 > 0);

    /// <summary>How long until it may be asked again; zero: now.</summary>
    public TimeSpan Pause
    {
        get
        {
            lock (_gate)
            {
                var left = _paused ? time.GetElapsedTime(time.GetTimestamp(), _notBefore) : TimeSpan.Zero;
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>
    /// Whether it may be asked now. A node whose pause is over admits one caller at a time, until one of them succeeds.
    /// </summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!_paused)
            {
                return true;
            }

            var now = time.GetTimestamp();
            if (now < _notBefore)
            {
                return false;
            }

            _notBefore = After(now, ProbeTime);
            _probing = true;
            return true;
        }
    }

    public ValueTask TakeRequest(CancellationToken ct) => _requests.Take(1, ct);

    public async ValueTask TakeSends(int count, CancellationToken ct)
    {
        await _requests.Take(count, ct);
        await _sends.Take(count, ct);
    }

    /// <summary>Learns from a call's end: null is success.</summary>
    public void Observe(RpcException? error)
    {
        if (error is not null)
        {
            Interlocked.Increment(ref _failedCalls[(int)error.Failure]);
        }

        lock (_gate)
        {
            if (_paused && !_probing)
            {
                // The end of a call that had begun before the pause: one failure makes one pause, not one for each caller.
                return;
            }

            if (error?.Failure is RpcFailure.RateLimited || error?.RetryAfter is not null)
            {
                StayAway(error.RetryAfter ?? Backoff.Exponential(_throttled++, FirstPause, LongestPause));
            }
            else if (!IsNodesFault(error))
            {
                (_failures, _throttled, _paused, _probing) = (0, 0, false, false);
            }
            else if (++_failures >= FailuresToOpen)
            {
                StayAway(Backoff.Exponential(_failures - FailuresToOpen, FirstPause, LongestPause));
            }
        }
    }

    public void ObserveSlot(ulong slot)
    {
        lock (_gate)
        {
            _slot = Math.Max(_slot, slot);
        }
    }

    public void StopBatching() => SendBatchSize = 1;

    public void Dispose() => Client.Dispose();

    public override string ToString() => Client.ToString();

    private void StayAway(TimeSpan pause)
    {
        _notBefore = After(time.GetTimestamp(), pause < LongestRetryAfter ? pause : LongestRetryAfter);
        _paused = true;
        _probing = false;
    }

    /// <summary>A node that has not reached the slot a caller asks for is not at fault; one that calls itself unhealthy is.</summary>
    private static bool IsNodesFault(RpcException? error) => error?.Code == RpcErrorCodes.NodeUnhealthy
        || error?.Failure is RpcFailure.Unreachable or RpcFailure.Timeout or RpcFailure.ServerError
            or RpcFailure.Unauthorized or RpcFailure.UnexpectedStatus or RpcFailure.MalformedReply;

    private long After(long now, TimeSpan pause) => now + (long)(pause.TotalSeconds * time.TimestampFrequency);
}
