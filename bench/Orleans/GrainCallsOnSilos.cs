using Cluster.Bench.Grains;
using Cluster.Bench.Grains.Contract;
using Cluster.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster.Bench.OrleansHost;

/// <summary>Calls of grains on a silo beside calls of the same grains in the embedded host.</summary>
/// <param name="isElsewhere">Whether the silo is in another process, or in that of the callers.</param>
internal sealed class GrainCallsOnSilos(bool isElsewhere) : Benchmark
{
    private const int CallsEachOnSilo = 600;
    private const int CallsEachEmbedded = 20_000;

    public override string Name => isElsewhere ? "grains-client" : "grains-cohosted";

    public override string Figure => isElsewhere
        ? "grain calls a second from a client, the silo in another process"
        : "grain calls a second within a silo";

    public override string Reference => "the embedded host";

    public override string Bound => "";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        var clusterId = $"{Name}-{Environment.ProcessId}";
        await using var silo = isElsewhere ? await CounterCluster.StartSiloProcess(clusterId, cancellationToken) : null;
        using var callers = isElsewhere ? await CounterCluster.StartClient(clusterId) : await CounterCluster.StartSilo(clusterId);
        using var embedded = GrainCalls.BuildHost(_ => { });
        await embedded.StartAsync(cancellationToken);

        var comparison = await Comparison.Of(() => Rate(callers, CallsEachOnSilo), () => Rate(embedded, CallsEachEmbedded));

        await embedded.StopAsync(cancellationToken);
        await callers.StopAsync(cancellationToken);
        return comparison.Row(atLeast: 0, "calls/s");
    }

    private static Task<double> Rate(IHost host, int callsEach) =>
        GrainCalls.Rate(host.Services.GetRequiredService<IGrains>(), callsEach, key => new CountUpRequest { CounterId = key });
}
