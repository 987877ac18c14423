using Cluster.Bench;
using Cluster.Bench.OrleansHost;

return args is [CounterCluster.ServeCommand, var clusterId]
    ? await CounterCluster.Serve(clusterId)
    : await BenchmarkRun.Run(
        [
            new GrainCallsOnSilos(isElsewhere: false),
            new GrainCallsOnSilos(isElsewhere: true),
            .. Enumerable.Range(1, 3).Select(silos => new CampaignOnSilos(silos)),
        ],
        args);
