using System.Diagnostics.Metrics;

namespace Cluster.Solana;

/// <summary>What the sender measures: meter <c>Cluster.Solana</c>.</summary>
internal sealed class SenderMetrics : IDisposable
{
    /// <summary>Of the meter.</summary>
    public const string Name = "Cluster.Solana";

    private readonly Meter _meter;
    private readonly Counter<long> _submitted;
    private readonly Counter<long> _sends;
    private readonly Counter<long> _outcomes;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">The container's; null where nobody measures.</param>
    /// <param name="inFlight">How many transactions are in flight.</param>
    /// <param name="nodes">The endpoints.</param>
    public SenderMetrics(IMeterFactory? meters, Func<int> inFlight, IReadOnlyList<RpcNode> nodes)
    {
        // Without a container the meter is this sender's alone: a scope keeps it apart from those of others.
        _meter = meters?.Create(Name) ?? new Meter(new MeterOptions(Name) { Scope = this });
        _submitted = _meter.CreateCounter<long>("cluster.sender.submitted", "{transaction}", "Signed transactions that the sender took on.");
        _sends = _meter.CreateCounter<long>("cluster.sender.sends", "{send}", "Sends of transactions to nodes, repeated ones included, by verdict; of one that is unknown no reply came.");
        _outcomes = _meter.CreateCounter<long>("cluster.sender.outcomes", "{outcome}", "What became of transactions: finalized, failed and expired end one, confirmed and dropped do not.");
        _meter.CreateObservableUpDownCounter("cluster.sender.in_flight", inFlight, "{transaction}", "Transactions whose fate is not certain yet.");
        _meter.CreateObservableGauge(
            "cluster.sender.node.ready",
            () => nodes.Select(node => new Measurement<int>(
                node.Verified && node.Pause == TimeSpan.Zero ? 1 : 0,
                KeyValuePair.Create<string, object?>("node", node.ToString()))),
            description: "Whether a Solana node is asked (1), or left alone since it failed, throttled or serves another network (0).");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>A transaction was taken on.</summary>
    public void Submitted() => _submitted.Add(1);

    /// <summary>Transactions were sent.</summary>
    public void Sent(IReadOnlyList<SendResult> results)
    {
        foreach (var result in results)
        {
            _sends.Add(1, KeyValuePair.Create<string, object?>("verdict", NameOf(result.Verdict)));
        }
    }

    /// <summary>Outcomes were taken by those whom they concern.</summary>
    public void Delivered(IReadOnlyList<(TrackedTransaction Transaction, TransactionOutcome Outcome)> outcomes)
    {
        foreach (var (_, outcome) in outcomes)
        {
            _outcomes.Add(1, KeyValuePair.Create<string, object?>("outcome", NameOf(outcome.Kind)));
        }
    }

    private static string NameOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Confirmed => "confirmed",
        OutcomeKind.Dropped => "dropped",
        OutcomeKind.Finalized => "finalized",
        OutcomeKind.Failed => "failed",
        _ => "expired",
    };

    private static string NameOf(SendVerdict verdict) => verdict switch
    {
        SendVerdict.Accepted => "accepted",
        SendVerdict.Rejected => "rejected",
        _ => "unknown",
    };
}
