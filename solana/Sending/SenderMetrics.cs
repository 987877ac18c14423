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
    private readonly Counter<long> _resends;
    private readonly Counter<long> _outcomes;
    private readonly Histogram<double> _replies;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">The container's; null where nobody measures.</param>
    /// <param name="inFlight">How many transactions are in flight.</param>
    /// <param name="blockhashAge">How long ago the newest blockhash was read; null while there is none.</param>
    /// <param name="nodes">The endpoints.</param>
    public SenderMetrics(IMeterFactory? meters, Func<int> inFlight, Func<TimeSpan?> blockhashAge, IReadOnlyList<RpcNode> nodes)
    {
        // Without a container the meter is this sender's alone: a scope keeps it apart from those of others.
        _meter = meters?.Create(Name) ?? new Meter(new MeterOptions(Name) { Scope = this });
        _submitted = _meter.CreateCounter<long>("cluster.sender.submitted", "{transaction}", "Signed transactions that the sender took on.");
        _sends = _meter.CreateCounter<long>("cluster.sender.sends", "{send}", "Sends of transactions to nodes, repeated ones included, by verdict; of one that is unknown no reply came.");
        _resends = _meter.CreateCounter<long>("cluster.sender.resends", "{send}", "Sends of transactions that had been sent before, the same bytes.");
        _outcomes = _meter.CreateCounter<long>("cluster.sender.outcomes", "{outcome}", "What became of transactions: finalized, failed and expired end one, confirmed and dropped do not.");
        _meter.CreateObservableUpDownCounter("cluster.sender.in_flight", inFlight, "{transaction}", "Transactions whose fate is not certain yet.");
        _meter.CreateObservableGauge(
            "cluster.sender.node.ready",
            () => nodes.Select(node => new Measurement<int>(
                node.Verified && node.Pause == TimeSpan.Zero ? 1 : 0,
                KeyValuePair.Create<string, object?>("node", node.ToString()))),
            description: "Whether a Solana node is asked (1), or left alone since it failed, throttled or serves another network (0).");
        _meter.CreateObservableGauge(
            "cluster.sender.blockhash.age",
            () => blockhashAge() is { } age ? [new Measurement<double>(age.TotalSeconds)] : Enumerable.Empty<Measurement<double>>(),
            "s",
            "How long ago the newest blockhash was read; it grows while nobody signs.");
        _meter.CreateObservableCounter(
            "cluster.sender.node.failures",
            () => nodes.SelectMany(node => node.FailedCalls.GroupBy(failed => NameOf(failed.Failure)).Select(failed => new Measurement<long>(
                failed.Sum(calls => calls.Calls),
                KeyValuePair.Create<string, object?>("node", node.ToString()),
                KeyValuePair.Create<string, object?>("reason", failed.Key)))),
            "{call}",
            "Calls of Solana nodes that failed, by reason.");
        _replies = _meter.CreateHistogram<double>("cluster.sender.node.reply", "s", "How long Solana nodes took to reply, with an error or without; calls without a reply are failures.");
        foreach (var node in nodes)
        {
            var name = KeyValuePair.Create<string, object?>("node", node.ToString());
            node.Client.Replied = took => _replies.Record(took.TotalSeconds, name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>A transaction was taken on.</summary>
    public void Submitted() => _submitted.Add(1);

    /// <summary>Transactions were sent.</summary>
    /// <param name="results">One for each.</param>
    /// <param name="repeated">How many of them had been sent before.</param>
    public void Sent(IReadOnlyList<SendResult> results, int repeated)
    {
        if (repeated > 0)
        {
            _resends.Add(repeated);
        }

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

    private static string NameOf(RpcFailure failure) => failure switch
    {
        RpcFailure.Unreachable => "unreachable",
        RpcFailure.Timeout => "timeout",
        RpcFailure.RateLimited => "rate_limited",
        RpcFailure.ServerError => "server_error",
        RpcFailure.Unauthorized => "unauthorized",
        RpcFailure.NodeBehind => "behind",
        RpcFailure.MalformedReply or RpcFailure.ReplyTooLarge or RpcFailure.UnexpectedStatus => "not_understood",
        RpcFailure.BlockUnavailable or RpcFailure.HistoryUnavailable => "no_history",
        _ => "refused",
    };

    private static string NameOf(SendVerdict verdict) => verdict switch
    {
        SendVerdict.Accepted => "accepted",
        SendVerdict.Rejected => "rejected",
        _ => "unknown",
    };
}
