using System.Diagnostics.Metrics;
using Cluster.Silo.Storage.Campaigns;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>Counters of payments, on the meter <c>Cluster.Campaigns</c>.</summary>
internal sealed class LaneMetrics : IDisposable
{
    /// <summary>Of the meter.</summary>
    public const string Name = "Cluster.Campaigns";

    private readonly Meter _meter;
    private readonly Counter<long> _signed;
    private readonly Counter<long> _resigned;
    private readonly Counter<long> _settled;
    private readonly Counter<long> _paid;
    private readonly Counter<long> _failed;

    public LaneMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _signed = _meter.CreateCounter<long>("cluster.campaigns.batches_signed", "{batch}", "Batches signed and committed.");
        _resigned = _meter.CreateCounter<long>("cluster.campaigns.batches_resigned", "{batch}", "Batches signed anew after their blockhash had expired.");
        _settled = _meter.CreateCounter<long>("cluster.campaigns.batches_settled", "{batch}", "Changes of batches, by outcome.");
        _paid = _meter.CreateCounter<long>("cluster.campaigns.recipients_paid", "{recipient}", "Recipients whose payment is final.");
        _failed = _meter.CreateCounter<long>("cluster.campaigns.recipients_failed", "{recipient}", "Recipients that cannot be paid.");
    }

    /// <summary>Counts what was committed.</summary>
    public void Count(LaneRecord before, LaneChange committed)
    {
        _signed.Add(committed.Signed.Count);
        _resigned.Add(committed.Lane.Progress.Resigned - before.Progress.Resigned);
        _failed.Add(committed.Failures.Count);
        _paid.Add(committed.Lane.Progress.Finalized - before.Progress.Finalized);
        foreach (var group in committed.Settled.GroupBy(batch => batch.Status))
        {
            _settled.Add(group.Count(), new KeyValuePair<string, object?>("outcome", RowText.Of(group.Key)));
        }
    }

    public void Dispose() => _meter.Dispose();
}
