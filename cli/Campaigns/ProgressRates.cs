using Cluster.V1;

namespace Cluster.Cli.Campaigns;

/// <summary>How fast a campaign goes, over the last few seconds.</summary>
/// <param name="time">The clock.</param>
internal sealed class ProgressRates(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(long At, ulong Settled, ulong Transactions)> _samples = new();

    /// <summary>Recipients settled a second.</summary>
    public double Recipients { get; private set; }

    /// <summary>Transactions landed a second.</summary>
    public double Transactions { get; private set; }

    /// <summary>Until all are settled at this rate; null while nothing moves.</summary>
    public TimeSpan? Left { get; private set; }

    /// <summary>Takes what the cluster says now.</summary>
    /// <param name="campaign">The campaign.</param>
    public void Take(Campaign campaign)
    {
        var progress = campaign.Progress ?? new();
        var settled = progress.Paid + progress.Failed;
        var now = time.GetTimestamp();
        _samples.Enqueue((now, settled, progress.Transactions));
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().At, now) > Window)
        {
            _samples.Dequeue();
        }

        var first = _samples.Peek();
        var seconds = time.GetElapsedTime(first.At, now).TotalSeconds;
        if (seconds <= 0)
        {
            return;
        }

        // A fork may take a payment back: then the count falls, and the rate is none.
        Recipients = settled > first.Settled ? (settled - first.Settled) / seconds : 0;
        Transactions = progress.Transactions > first.Transactions ? (progress.Transactions - first.Transactions) / seconds : 0;
        var open = campaign.Recipients > settled ? campaign.Recipients - settled : 0;
        Left = open == 0 ? TimeSpan.Zero : Recipients > 0 ? TimeSpan.FromSeconds(open / Recipients) : null;
    }
}
