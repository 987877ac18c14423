using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cluster.Bench.Grains;
using Cluster.Bench.Grains.Contract;
using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Cluster.Bench.OrleansHost;

/// <summary>Silos and clients of a cluster whose only grains are counters.</summary>
internal static class CounterCluster
{
    /// <summary>Has the executable be a silo until its input ends.</summary>
    public const string ServeCommand = "serve-silo";

    private const string Ready = "ready";

    /// <summary>A silo in this process.</summary>
    public static Task<IHost> StartSilo(string clusterId) =>
        Start(clusterId, services => services.AddGrain<CounterGrain>("counter").AddOrleansSilo(static _ => true));

    /// <summary>A client in this process.</summary>
    public static Task<IHost> StartClient(string clusterId) => Start(clusterId, services => services.AddOrleansGateway());

    /// <summary>A silo in another process; ends when it is disposed.</summary>
    public static async Task<SiloProcess> StartSiloProcess(string clusterId, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cluster-orleans-bench"), [ServeCommand, clusterId])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var silo = new SiloProcess(Process.Start(start)!);
        return await silo.FirstLine(cancellationToken) == Ready
            ? silo
            : throw new InvalidOperationException("the silo's process did not start; see above");
    }

    /// <summary>What the other process does.</summary>
    public static async Task<int> Serve(string clusterId)
    {
        using var silo = await StartSilo(clusterId);
        Console.WriteLine(Ready);
        await Console.In.ReadToEndAsync();
        await silo.StopAsync();
        return 0;
    }

    private static async Task<IHost> Start(string clusterId, Action<IServiceCollection> add)
    {
        var database = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("ConnectionStrings__Cluster")
            ?? throw new InvalidOperationException("ConnectionStrings__Cluster is not set; start the benchmarks with bench/run orleans"));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cluster:Orleans:ClusterId"] = clusterId,
            ["Cluster:Orleans:SiloPort"] = FreePort(),
            ["Cluster:Orleans:GatewayPort"] = FreePort(),
        });
        builder.Services
            .AddSingleton(database)
            .AddSingleton(new Database(database, TimeProvider.System, new AuditKeyRing(new AuditKey(SecretBytes.Random(AuditKey.Size)))))
            .AddContract(CountersReflection.Descriptor);
        add(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}

/// <summary>A process that hosts a silo.</summary>
internal sealed class SiloProcess(Process process) : IAsyncDisposable
{
    /// <summary>What it says first.</summary>
    public async Task<string?> FirstLine(CancellationToken cancellationToken) => await process.StandardOutput.ReadLineAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
