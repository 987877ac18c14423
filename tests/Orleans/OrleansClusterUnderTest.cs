using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Hosting;

namespace Cluster.Tests.OrleansHost;

/// <summary>Silos of one process and, where a test wants one, a gateway.</summary>
internal sealed class OrleansClusterUnderTest(
    string clusterId, ConformanceSettings settings, IReadOnlyDictionary<string, string?>? options = null) : IConformanceHost
{
    private readonly IReadOnlyDictionary<string, string?> _options = options ?? new Dictionary<string, string?>();
    private readonly List<OrleansProcess> _silos = [];
    private OrleansProcess? _gateway;

    public IReadOnlyList<OrleansProcess> Silos => _silos;

    public IGrains Grains => Entrance.Grains;

    public IOperations Operations => Entrance.Operations;

    public int Waiting => _silos.Sum(silo => silo.Waiting);

    private OrleansProcess Entrance => _gateway ?? _silos[0];

    public async Task<OrleansProcess> AddSilo(bool hostsProbes = true)
    {
        var silo = await OrleansProcess.StartSilo(clusterId, settings, _options, hostsProbes);
        _silos.Add(silo);
        await Task.WhenAll(_silos.Select(known => known.Knows(_silos.Count)));
        return silo;
    }

    public async Task AddGateway() => _gateway = await OrleansProcess.StartGateway(clusterId, settings, _options);

    public Task Stop() => Task.WhenAll(All().Select(process => process.Stop()));

    public Task Kill() => Task.WhenAll(All().Select(process => process.Kill()));

    private List<OrleansProcess> All() => _gateway is null ? _silos : [_gateway, .. _silos];
}
