namespace Cluster.Bench.Campaigns;

/// <summary>A campaign beside the script that a user would write.</summary>
internal sealed class CampaignBesideScript : Benchmark
{
    private const int Recipients = 100_000;
    private const int ScriptRecipients = 500;
    private const double AtLeast = 10;

    public override string Name => "script";

    public override string Figure => $"campaign of {Recipients:N0} recipients, PostgreSQL with fsync";

    public override string Reference => $"the usual script: 10 transfers a transaction, one after the other, confirm each ({ScriptRecipients} recipients)";

    public override string Bound => $"{AtLeast} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        await using var bench = await CampaignBench.Connect(cancellationToken);
        var recipients = bench.Recipients(Recipients);
        var script = new UsualScripts(bench.Localnet);
        var comparison = await Comparison.Of(
            async () => Recipients / (await bench.Campaign(await bench.NewMint(cancellationToken), recipients, cancellationToken)).Paid.TotalSeconds,
            () => script.ConfirmEach(recipients[..ScriptRecipients], cancellationToken));
        return comparison.Row(AtLeast, "recipients/s");
    }
}
