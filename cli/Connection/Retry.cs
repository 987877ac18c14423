using Cluster.Grpc;

namespace Cluster.Cli.Connection;

/// <summary>
/// Decides whether a call that failed is made again, and when: every gateway is asked once, then there is a pause, which
/// doubles from round to round.
/// </summary>
/// <param name="gateways">How many gateways there are.</param>
internal sealed class Retry(int gateways)
{
    /// <summary>Where no gateway listens, the address is more likely to be wrong than the cluster to be away: about 6 seconds.</summary>
    private const int RoundsUnreached = 6;

    /// <summary>About 50 seconds, in which a cluster gets over the death of a silo.</summary>
    private const int Rounds = 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private int _failures;
    private int _unreached;

    /// <summary>How long to wait before the call is made again.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Takes note of a failure.</summary>
    /// <param name="error">The failure.</param>
    /// <returns>Whether the call may be made again, under the request id that it had.</returns>
    public bool Allows(RpcException error)
    {
        if (error.StatusCode is not (StatusCode.Unavailable or StatusCode.Aborted))
        {
            return false;
        }

        _failures++;
        _unreached = error.NeverProcessed ? _unreached + 1 : 0;
        if (_failures >= Rounds * gateways || _unreached >= RoundsUnreached * gateways)
        {
            return false;
        }

        // Another gateway is asked at once; one that is asked again, or that lost a race (ABORTED), is given time.
        var isRoundOver = _failures % gateways == 0 || error.StatusCode == StatusCode.Aborted;
        Pause = isRoundOver ? Jittered((_failures - 1) / gateways) : TimeSpan.Zero;
        return true;
    }

    /// <summary>The call got on: what failed before counts no more.</summary>
    public void Progress() => _failures = _unreached = 0;

    private static TimeSpan Jittered(int round)
    {
        var pause = FirstPause * Math.Pow(2, round);
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + Random.Shared.NextDouble());
    }
}
