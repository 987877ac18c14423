using Cluster.Tests.Support;

namespace Cluster.Tests.OrleansHost.EndToEnd;

/// <summary>The built <c>cluster-orleans</c> as a silo or as a gateway, on the same ports in all its lives.</summary>
internal sealed class MemberProcess : ServerProcess
{
    private MemberProcess(string kind, IReadOnlyDictionary<string, string> environment, Uri http)
        : base(BuiltExecutable("orleans", "cluster-orleans"), [kind], environment, http)
    {
    }

    /// <summary>Where a gateway serves gRPC; null of a silo.</summary>
    public Uri? GrpcAddress { get; private init; }

    /// <summary>Where a silo listens for other silos; 0 of a gateway.</summary>
    public int SiloPort { get; private init; }

    /// <summary>A silo.</summary>
    /// <param name="environment">What it shares with the other processes.</param>
    /// <param name="isSigner">Whether it is given the key-encryption key.</param>
    public static MemberProcess Silo(IReadOnlyDictionary<string, string> environment, bool isSigner = true)
    {
        var (http, port) = (LoopbackPort.ReserveAddress(), LoopbackPort.Reserve());
        var own = new Dictionary<string, string>(environment)
        {
            ["Cluster__Http__Port"] = $"{http.Port}",
            ["Cluster__Orleans__SiloPort"] = $"{port}",
            ["Cluster__Orleans__GatewayPort"] = $"{LoopbackPort.Reserve()}",
        };
        if (isSigner)
        {
            own["WALLET_ENCRYPTION_KEY"] = ClusterProcess.WalletEncryptionKey;
        }

        return new MemberProcess("silo", own, http) { SiloPort = port };
    }

    /// <summary>A gateway.</summary>
    /// <param name="environment">What it shares with the other processes.</param>
    public static MemberProcess Gateway(IReadOnlyDictionary<string, string> environment)
    {
        var (grpc, http) = (LoopbackPort.ReserveAddress(), LoopbackPort.ReserveAddress());
        var own = new Dictionary<string, string>(environment)
        {
            ["Cluster__Grpc__Port"] = $"{grpc.Port}",
            ["Cluster__Http__Port"] = $"{http.Port}",
        };
        return new MemberProcess("gateway", own, http) { GrpcAddress = grpc };
    }
}
