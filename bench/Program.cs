using Cluster.Bench;
using Cluster.Bench.Solana;

IReadOnlyList<Benchmark> benchmarks =
[
    new TokenAccountDerivation(),
    new PackingAndSigning(),
];

return await BenchmarkRun.Run(benchmarks, args);
