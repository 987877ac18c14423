using System.Net;
using Cluster.OrleansHost.Calls;
using Cluster.OrleansHost.Connections;
using Cluster.OrleansHost.Reminders;
using Cluster.OrleansHost.Shells;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Hosting.Reminders;
using Cluster.Silo.Hosting.Turns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;
using Orleans.Runtime;
using OrleansReminderOptions = Orleans.Hosting.ReminderOptions;

namespace Cluster.OrleansHost.Hosting;

/// <summary>Registers the Orleans host, for silos and for gateways. Both need storage beside it.</summary>
internal static class OrleansHostServices
{
    private const string Npgsql = "Npgsql";

    /// <summary>Longer than any deadline that a call keeps by itself: Orleans' own would only come in between.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromHours(2);

    /// <summary>How soon a gateway learns of a silo that has joined.</summary>
    private static readonly TimeSpan GatewayListRefreshPeriod = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenConnectionAttempts = TimeSpan.FromSeconds(1);

    /// <summary>A silo: hosts the grains that are registered, and reaches all others of the cluster.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="hostsGrains">Which types of grains the process must host.</param>
    public static IServiceCollection AddOrleansSilo(this IServiceCollection services, Func<string, bool> hostsGrains)
    {
        services.TryAddSingleton(new HostedParts(hostsGrains, HostsQueries: false));
        services.AddGrainHosting();
        services.AddOrleansCalls();
        services.TryAddSingleton<LiveShells>();
        services.TryAddSingleton<ReminderAlarms>();
        services.TryAddSingleton<WakeDesk>();
        services.TryAddSingleton<IReminders, OrleansReminders>();
        services.TryAddSingleton<IReminderTarget>(provider => provider.GetRequiredService<TurnRuntime>());
        services.TryAddSingleton(CreateTurns);
        services.TryAddSingleton(provider => new ShellServices(
            provider.GetRequiredService<Contract>(),
            provider.GetRequiredService<TurnRuntime>(),
            provider.GetRequiredService<LiveShells>(),
            provider.GetRequiredService<WakeDesk>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Messaging)));
        services.TryAddSingleton<OrleansSilo>();
        services.TryAddSingleton<IGrains>(provider => provider.GetRequiredService<OrleansSilo>());
        services.AddHostedService(provider => provider.GetRequiredService<OrleansSilo>());
        services.AddOptions<GrainTypeOptions>().PostConfigure<Bindings>(
            (types, bindings) => ShellTypes.Keep(types, bindings.Grains.Select(grain => grain.GrainType).ToHashSet()));

        // Orleans' hosted service starts where it is registered: after all that its grains stand on, and it stops before.
        services.AddOrleans(ConfigureSilo);
        services.AddHostedService<ReminderRounds>();
        return services;
    }

    /// <summary>A client of the silos: hosts no grain.</summary>
    public static IServiceCollection AddOrleansGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(new HostedParts(static _ => false, HostsQueries: true));
        services.AddOperations();
        services.AddValidated<GrainHostOptions>("Cluster:Host");
        services.AddOrleansCalls();
        services.TryAddSingleton<IGrains>(provider => provider.GetRequiredService<OrleansGrains>());
        services.AddOptions<GrainTypeOptions>().PostConfigure(types => ShellTypes.Keep(types, new HashSet<string>()));
        services.AddOrleansClient(ConfigureClient);
        services.AddHostedService<QueryHandlersAtStart>();
        return services;
    }

    private static void AddOrleansCalls(this IServiceCollection services)
    {
        services.AddValidated<OrleansOptions>(OrleansOptions.Section);
        services.TryAddSingleton<LostCalls>();
        services.TryAddSingleton<LinesOfCalls>();
        services.TryAddSingleton<GatewayBreaks>();
        services.TryAddSingleton<ShellCaller>();
        services.TryAddSingleton<OrleansGrains>();
        services.TryAddSingleton(provider => ConnectionTls.Read(provider.GetRequiredService<IOptions<OrleansOptions>>().Value.Tls));
        services.AddOptions<ClusterOptions>().Configure<IOptions<OrleansOptions>>((cluster, options) =>
            (cluster.ClusterId, cluster.ServiceId) = (options.Value.ClusterId, options.Value.ServiceId));
    }

    private static TurnRuntime CreateTurns(IServiceProvider provider) => new(
        provider.GetRequiredService<Bindings>(),
        provider.GetRequiredService<IOptions<GrainHostOptions>>().Value,
        provider.GetRequiredService<OrleansGrains>(),
        provider.GetRequiredService<IReminders>(),
        provider,
        provider.GetRequiredService<HostMetrics>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<TurnRuntime>>());

    private static void ConfigureSilo(ISiloBuilder silo)
    {
        silo.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> clustering) =>
            clustering.Configure<NpgsqlDataSource>((options, source) => (options.Invariant, options.DataSource) = (Npgsql, source)));
        silo.UseAdoNetReminderService((OptionsBuilder<AdoNetReminderTableOptions> reminders) =>
            reminders.Configure<NpgsqlDataSource>((options, source) => (options.Invariant, options.DataSource) = (Npgsql, source)));
        silo.Services.AddOptions<EndpointOptions>().Configure<IOptions<OrleansOptions>>((endpoint, orleans) =>
        {
            var address = IPAddress.Parse(orleans.Value.Address);
            endpoint.AdvertisedIPAddress = address;
            (endpoint.SiloPort, endpoint.GatewayPort) = (orleans.Value.SiloPort, orleans.Value.GatewayPort);
            endpoint.SiloListeningEndpoint = new IPEndPoint(address, orleans.Value.SiloPort);
            endpoint.GatewayListeningEndpoint = new IPEndPoint(address, orleans.Value.GatewayPort);
        });
        silo.Services.AddOptions<OrleansReminderOptions>().Configure<IOptions<OrleansOptions>>((reminders, orleans) =>
            reminders.RefreshReminderListPeriod = orleans.Value.WakePeriod);
        silo.Services.AddOptions<GrainCollectionOptions>().Configure<IOptions<GrainHostOptions>>((collection, host) =>
            collection.DeactivationTimeout = host.Value.DrainTimeout);
        silo.Services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<ConnectionTls>((connections, tls) => tls.Protect(connections));
        silo.AddDashboard(HideTrace);
    }

    private static void ConfigureClient(IClientBuilder client)
    {
        client.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringClientOptions> clustering) =>
            clustering.Configure<NpgsqlDataSource>((options, source) => (options.Invariant, options.DataSource) = (Npgsql, source)));
        client.Services.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
        client.Services.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = GatewayListRefreshPeriod);
        client.Services.AddSingleton<IClientConnectionRetryFilter, KeepConnecting>();
        client.AddGatewayCountChangedHandler(provider =>
        {
            var breaks = provider.GetRequiredService<GatewayBreaks>();
            return (_, change) =>
            {
                breaks.IsCutOff = change.NumberOfConnectedGateways == 0;
                if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
                {
                    breaks.Tell();
                }
            };
        });
        client.Services.AddOptions<ClientConnectionOptions>().Configure<ConnectionTls>((connections, tls) => tls.Protect(connections));
        client.AddDashboard(HideTrace);
    }

    /// <summary>Nobody follows a process's log from afar.</summary>
    private static void HideTrace(DashboardOptions dashboard) => dashboard.HideTrace = true;

    /// <summary>A gateway may be started before the silos: it waits for them.</summary>
    private sealed class KeepConnecting(TimeProvider time, ILogger<KeepConnecting> logger) : IClientConnectionRetryFilter
    {
        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            OrleansLog.NoSiloYet(logger, BetweenConnectionAttempts, exception);
            await Task.Delay(BetweenConnectionAttempts, time, cancellationToken);
            return true;
        }
    }

    /// <summary>What a query handler lacks is told at the start, not at its first call.</summary>
    private sealed class QueryHandlersAtStart(Bindings bindings, IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var handler in bindings.QueryHandlers)
            {
                _ = services.GetRequiredService(handler);
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
