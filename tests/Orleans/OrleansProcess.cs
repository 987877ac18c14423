using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Turns;
using Cluster.Silo.Storage;
using Cluster.Tests.Silo.Hosting;
using Cluster.Tests.Silo.Hosting.Contract;
using Cluster.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Runtime;

namespace Cluster.Tests.OrleansHost;

/// <summary>
/// What would be a process of a cluster: a container, a clock and a pool of its own. Grains go by the test's clock, and
/// Orleans by the real one, as its peers are alive by that.
/// </summary>
internal sealed class OrleansProcess(IHost host, ProcessClock clock, NpgsqlDataSource database)
{
    public IServiceProvider Services => host.Services;

    public IGrains Grains => host.Services.GetRequiredService<IGrains>();

    public IOperations Operations => host.Services.GetRequiredService<IOperations>();

    public int Waiting => host.Services.GetRequiredService<TurnRuntime>().Cells.Sum(cell => cell.Mailbox.Count);

    /// <summary>A silo that answers queries too, so that the suite can ask it for all that a host does.</summary>
    public static Task<OrleansProcess> StartSilo(
        string clusterId, ConformanceSettings settings, IReadOnlyDictionary<string, string?> options, bool hostsProbes) =>
        Start(clusterId, settings, options, services =>
        {
            if (hostsProbes)
            {
                services.AddGrain<ProbeGrain>("probe");
            }

            services
                .AddSingleton(new HostedParts(_ => hostsProbes, HostsQueries: true))
                .AddOrleansSilo(_ => hostsProbes)
                .AddOperations();
        });

    public static Task<OrleansProcess> StartGateway(
        string clusterId, ConformanceSettings settings, IReadOnlyDictionary<string, string?> options) =>
        Start(clusterId, settings, options, services => services.AddOrleansGateway());

    /// <summary>Completes when it knows what so many silos host: a silo is placed on by those alone that know of it.</summary>
    public async Task Knows(int silos)
    {
        var manifests = host.Services.GetRequiredService<IClusterManifestProvider>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var manifest in manifests.Updates.WithCancellation(patience.Token))
        {
            if (manifest.Silos.Count >= silos)
            {
                return;
            }
        }
    }

    public async Task Stop()
    {
        await host.StopAsync();
        await DisposeAsync();
    }

    /// <summary>
    /// No timer fires any more, no last turn begins, its sockets close; then its connections to the database, so that
    /// whatever the rest would still like to do fails.
    /// </summary>
    public async Task Kill()
    {
        clock.Die();
        await host.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await database.DisposeAsync();
    }

    private static async Task<OrleansProcess> Start(
        string clusterId, ConformanceSettings settings, IReadOnlyDictionary<string, string?> options, Action<IServiceCollection> add)
    {
        var clock = new ProcessClock(settings.Clock);
        var database = NpgsqlDataSource.Create(settings.Database.ConnectionString);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(options)
        {
            ["Cluster:Orleans:ClusterId"] = clusterId,
            ["Cluster:Orleans:SiloPort"] = $"{LoopbackPort.Reserve()}",
            ["Cluster:Orleans:GatewayPort"] = $"{LoopbackPort.Reserve()}",
        });
        builder.Services
            .AddSingleton<TimeProvider>(clock)
            .AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System)
            .AddSingleton(settings.Stage)
            .AddSingleton(database)
            .AddSingleton(new Database(database, clock, TestAuditKeys.Ring()))
            .AddContract(ProbesReflection.Descriptor)
            .AddQueries<ProbeQueries>();
        add(builder.Services);
        builder.Services.Configure<GrainHostOptions>(options =>
        {
            options.MailboxBound = settings.MailboxBound;
            options.IdleAge = settings.IdleAge;
            options.DefaultDeadline = settings.DefaultDeadline;
            options.ActivationTimeout = settings.ActivationTimeout;
        });
        var host = builder.Build();
        await host.StartAsync();
        return new OrleansProcess(host, clock, database);
    }

    private async Task DisposeAsync()
    {
        host.Dispose();
        await database.DisposeAsync();
    }
}
