namespace Cluster.Bench.Campaigns;

/// <summary>A campaign beside the bare loop that sends the same signed transactions.</summary>
internal sealed class CampaignSpeed : Benchmark
{
    private const int Recipients = 100_000;
    private const double AtLeast = 0.75;

    public override string Name => "campaign";

    public override string Figure => $"campaign of {Recipients:N0} recipients, PostgreSQL with fsync";

    public override string Reference => "the same signed transactions sent by a bare loop, no bookkeeping";

    public override string Bound => $"{AtLeast} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        await using var bench = await CampaignBench.Connect(cancellationToken);
        var recipients = bench.Recipients(Recipients);
        var bare = new BareLoop(bench.Localnet);
        var comparison = await Comparison.Of(
            async () => Recipients / (await bench.Campaign(await bench.NewMint(cancellationToken), recipients, cancellationToken)).Paid.TotalSeconds,
            async () => Recipients / (await bare.Send(recipients, cancellationToken)).TotalSeconds);
        return comparison.Row(AtLeast, "recipients/s");
    }
}
