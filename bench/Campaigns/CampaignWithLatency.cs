namespace Cluster.Bench.Campaigns;

/// <summary>A campaign over a slow network beside a sequential sender.</summary>
internal sealed class CampaignWithLatency : Benchmark
{
    private const int Recipients = 20_000;
    private const int ScriptRecipients = 600;
    private const int Milliseconds = 50;
    private const double AtLeast = 40;

    public override string Name => "latency";

    public override string Figure => $"campaign of {Recipients:N0} recipients with {Milliseconds} ms added to every RPC reply";

    public override string Reference => "a sequential sender of 15 recipients a transaction that makes three requests each";

    public override string Bound => $"{AtLeast} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        await using var bench = await CampaignBench.Connect(cancellationToken);
        var recipients = bench.Recipients(Recipients);
        var script = new UsualScripts(bench.Localnet);

        // Token accounts are there in both: the sequential sender's 15 recipients fit a transaction only so.
        var mint = await bench.NewMint(cancellationToken);
        await bench.Campaign(mint, recipients, cancellationToken);
        await bench.Localnet.Latency(Milliseconds, cancellationToken);
        try
        {
            var comparison = await Comparison.Of(
                async () => Recipients / (await bench.Campaign(mint, recipients, cancellationToken)).Paid.TotalSeconds,
                () => script.ThreeRequests(recipients[..ScriptRecipients], cancellationToken));
            return comparison.Row(AtLeast, "recipients/s");
        }
        finally
        {
            await bench.Localnet.Latency(0, CancellationToken.None);
        }
    }
}
