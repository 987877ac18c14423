using Cluster.Bench;
using Cluster.Bench.Campaigns;
using Cluster.Bench.Solana;

IReadOnlyList<Benchmark> benchmarks =
[
    new TokenAccountDerivation(),
    new PackingAndSigning(),
    new CampaignSpeed(),
    new CampaignBesideScript(),
    new CampaignWithLatency(),
    new CampaignGrowth(),
];

return await BenchmarkRun.Run(benchmarks, args);
