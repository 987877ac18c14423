using Cluster.Tests.Support;

namespace Cluster.Tests.OrleansHost.EndToEnd;

/// <summary>An Orleans cluster of real processes.</summary>
internal sealed class ProcessCluster : IRunningCluster
{
    /// <summary>Of each process; all of them share one PostgreSQL with the other tests.</summary>
    private const string PoolSize = "12";

    private readonly StateDirectory _state;
    private readonly Dictionary<string, string> _environment;
    private readonly List<MemberProcess> _silos = [];
    private readonly List<MemberProcess> _gateways = [];
    private int _crashes;

    private ProcessCluster(StateDirectory state, Dictionary<string, string> environment) => (_state, _environment) = (state, environment);

    public IReadOnlyList<MemberProcess> Silos => _silos;

    public IReadOnlyList<MemberProcess> Gateways => _gateways;

    public IReadOnlyList<Uri> Servers => [.. Gateways.Select(gateway => gateway.GrpcAddress!)];

    public string AdministratorKey => _state.AdministratorKey;

    public string Output => string.Join('\n', Silos.Select((silo, n) => $"--- silo {n + 1}\n{silo.Output}")
        .Concat(Gateways.Select((gateway, n) => $"--- gateway {n + 1}\n{gateway.Output}")));

    /// <summary>Three silos of both roles and two gateways.</summary>
    public static async Task<IRunningCluster> Start(TestDatabase database, LocalnetProcess localnet, (string Name, string Value)[] options) =>
        await Start(silos: 3, gateways: 2, database, localnet, options);

    public static async Task<ProcessCluster> Start(
        int silos, int gateways, TestDatabase database, LocalnetProcess localnet, params (string Name, string Value)[] options)
    {
        var cluster = Of(database, localnet, options);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, silos).Select(_ => cluster.AddSilo()));

            // One after the other: the first to come makes the administrator's key.
            for (var gateway = 0; gateway < gateways; gateway++)
            {
                await cluster.AddGateway();
            }
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    /// <summary>A cluster without any process yet.</summary>
    public static ProcessCluster Of(TestDatabase database, LocalnetProcess localnet, params (string Name, string Value)[] options)
    {
        var state = new StateDirectory();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Cluster__StateDirectory"] = state.Path,
            ["ConnectionStrings__Cluster"] = database.ConnectionString,
            ["AUDIT_HMAC_KEY"] = TestAuditKeys.Text,
            ["SOLANA_RPC_URL"] = localnet.Url.ToString(),
            ["Cluster__Storage__MaxPoolSize"] = PoolSize,
        };
        foreach (var (name, value) in options)
        {
            environment[name] = value;
        }

        return new ProcessCluster(state, environment);
    }

    /// <summary>Starts a silo of both roles.</summary>
    public Task AddSilo() => Add(_silos, MemberProcess.Silo(_environment));

    /// <summary>Starts a silo of one role; only one that signs is given the key-encryption key.</summary>
    public Task AddSilo(string role) => Add(
        _silos,
        MemberProcess.Silo(new Dictionary<string, string>(_environment) { ["Cluster__Orleans__Roles__0"] = role }, isSigner: role == "signer"));

    /// <summary>Starts a gateway.</summary>
    public Task AddGateway() => Add(_gateways, MemberProcess.Gateway(_environment));

    /// <summary>Starts a gateway that is not ready, for want of silos.</summary>
    public Task AddGatewayWithoutSilos()
    {
        var gateway = MemberProcess.Gateway(_environment);
        _gateways.Add(gateway);
        gateway.Launch();
        return gateway.Live();
    }

    public async Task Crash()
    {
        var silo = Silos[_crashes++ % Silos.Count];
        await silo.Kill();
        await silo.Restart();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Gateways.Concat(Silos))
        {
            await member.DisposeAsync();
        }

        _state.Dispose();
    }

    private static Task Add(List<MemberProcess> members, MemberProcess member)
    {
        members.Add(member);
        return member.Restart();
    }
}
