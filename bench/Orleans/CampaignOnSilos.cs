using Cluster.Bench.Campaigns;

namespace Cluster.Bench.OrleansHost;

/// <summary>A campaign of several lanes over a slow network, on the silos that <c>bench/run</c> has started.</summary>
/// <param name="silos">How many that are.</param>
internal sealed class CampaignOnSilos(int silos) : Benchmark
{
    private const int Recipients = 20_000;
    private const uint Lanes = 8;
    private const int Milliseconds = 50;
    private const int Rounds = 3;

    public override string Name => $"recipients-{silos}";

    public override string Figure => $"campaign of {Recipients:N0} recipients in {Lanes} lanes on {silos} silos, {Milliseconds} ms added to every RPC reply";

    public override string Reference => "";

    public override string Bound => "";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        await using var bench = await CampaignBench.Connect(cancellationToken);
        var recipients = bench.Recipients(Recipients);
        var mint = await bench.NewMint(cancellationToken);

        // The first makes the recipients' token accounts and warms up.
        await bench.Campaign(mint, recipients, cancellationToken, Lanes);
        await bench.Localnet.Latency(Milliseconds, cancellationToken);
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            rates.Add(Recipients / (await bench.Campaign(mint, recipients, cancellationToken, Lanes)).Paid.TotalSeconds);
        }

        return new($"{Comparison.Median(rates):N0} recipients/s", $"{rates.Min():N0} to {rates.Max():N0}", Reached: true);
    }
}
