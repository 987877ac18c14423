using Cluster.Bench;
using Cluster.Bench.Audit;
using Cluster.Bench.Campaigns;
using Cluster.Bench.Gateway;
using Cluster.Bench.Grains;
using Cluster.Bench.Keys;
using Cluster.Bench.Solana;

IReadOnlyList<Benchmark> benchmarks =
[
    new TokenAccountDerivation(),
    new PackingAndSigning(),
    new CampaignSpeed(),
    new CampaignBesideScript(),
    new CampaignWithLatency(),
    new CampaignGrowth(),
    new GrainCalls(),
    new MeasuredCalls(),
    new SignerCost(),
    new UnaryCall(),
    new AuditAppends(),
];

return await BenchmarkRun.Run(benchmarks, args);
