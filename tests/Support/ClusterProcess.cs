using Cluster.Silo.Storage.Audit;

namespace Cluster.Tests.Support;

/// <summary>The built gateway executable with its embedded silo, on free ports, against a database and a localnet.</summary>
internal sealed class ClusterProcess : ServerProcess, IRunningCluster
{
    /// <summary>Of the wallets of every cluster under test; any 32 bytes.</summary>
    public const string WalletEncryptionKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private readonly StateDirectory _state;

    private ClusterProcess(StateDirectory state, Uri grpc, Uri http, IReadOnlyDictionary<string, string> environment)
        : base(Executable, [], environment, http) => (_state, GrpcAddress) = (state, grpc);

    /// <summary>Where gRPC is served.</summary>
    public Uri GrpcAddress { get; }

    public IReadOnlyList<Uri> Servers => [GrpcAddress];

    /// <summary>The administrator's key, which the first start made.</summary>
    public string AdministratorKey => _state.AdministratorKey;

    private static string Executable => BuiltExecutable("gateway", "cluster-gateway");

    /// <summary>Starts a cluster; returns when it is ready.</summary>
    /// <param name="database">Keeps its books.</param>
    /// <param name="localnet">Its chain.</param>
    /// <param name="options">Environment variables such as <c>Cluster__Access__MaxRequests</c>.</param>
    public static Task<ClusterProcess> Start(TestDatabase database, LocalnetProcess localnet, params (string Name, string Value)[] options) =>
        Start(database.ConnectionString, localnet.Url, options);

    /// <summary>Starts the embedded host for tests that run over any host.</summary>
    public static async Task<IRunningCluster> StartEmbedded(TestDatabase database, LocalnetProcess localnet, (string Name, string Value)[] options) =>
        await Start(database, localnet, options);

    /// <summary>Starts a cluster on whatever database and endpoint; returns when it is ready.</summary>
    public static async Task<ClusterProcess> Start(string connectionString, Uri rpc, params (string Name, string Value)[] options)
    {
        var state = new StateDirectory();
        var (grpc, http) = (LoopbackPort.ReserveAddress(), LoopbackPort.ReserveAddress());
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Cluster"] = connectionString,
            ["SOLANA_RPC_URL"] = rpc.ToString(),
            ["WALLET_ENCRYPTION_KEY"] = WalletEncryptionKey,
            [AuditKeyRing.KeySetting] = TestAuditKeys.Text,
            ["Cluster__StateDirectory"] = state.Path,
            ["Cluster__Grpc__Port"] = $"{grpc.Port}",
            ["Cluster__Http__Port"] = $"{http.Port}",
        };
        foreach (var (name, value) in options)
        {
            environment[name] = value;
        }

        var cluster = new ClusterProcess(state, grpc, http, environment);
        await cluster.Restart();
        return cluster;
    }

    /// <summary>Runs the executable to its end, for starts that must fail.</summary>
    /// <param name="environment">All of it but PATH and HOME.</param>
    /// <param name="arguments">The command line.</param>
    public static Task<(int ExitCode, string Output)> Run(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunToEnd(Executable, environment, arguments);

    public async Task Crash()
    {
        await Kill();
        await Restart();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _state.Dispose();
    }
}
