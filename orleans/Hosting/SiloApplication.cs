using System.Net;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Health;
using Cluster.Gateway.Hosting;
using Cluster.Gateway.Http;
using Cluster.Gateway.Metrics;
using Cluster.OrleansHost.Connections;
using Cluster.Silo;
using Cluster.Silo.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.OrleansHost.Hosting;

/// <summary>
/// <c>cluster-orleans silo</c>: grains of this silo's roles, and over HTTP its health and its metrics, without a key, at
/// the address that is the cluster's own.
/// </summary>
internal static class SiloApplication
{
    /// <summary>Builds what <c>Run</c> starts; nothing has touched the network or the database yet.</summary>
    /// <param name="args">Options as <c>--Cluster:Orleans:SiloPort 11112</c>.</param>
    /// <exception cref="InvalidConfigurationException">Something in the configuration must be put right first.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var options = new ClusterOrleansOptions();
        ClusterConfiguration.Read(builder.Configuration, options, out var errors);
        var hasStarted = false;
        builder.Logging.AddOneLineConsole(() => hasStarted);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Services.AddSilo(options, builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(options.Orleans.Address), options.Http.Port);
        });

        var app = builder.Build();
        ClusterConfiguration.Demand(errors, app.Services);
        _ = app.Services.GetRequiredService<ConnectionTls>();
        app.MapGet("/health/live", HealthEndpoints.Live);
        app.MapGet("/health/ready", app.Services.GetRequiredService<HealthEndpoints>().Ready);
        app.MapGet(MetricsEndpoint.Path, http => MetricsEndpoint.Answer(http, app.Services.GetRequiredService<PrometheusMetrics>()));
        app.Lifetime.ApplicationStarted.Register(() => hasStarted = true);
        Tell(app, options.Orleans);
        return app;
    }

    private static void AddSilo(this IServiceCollection services, ClusterOrleansOptions options, IConfiguration configuration)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownSeconds));
        services.AddRoutingCore();
        services.AddPrometheusMetrics(options.Metrics);
        services
            .AddSingleton<IReadinessCheck, DatabaseCheck>()
            .AddSingleton<IReadinessCheck, MigrationsCheck>()
            .AddSingleton<IReadinessCheck, MembershipCheck>()
            .AddSingleton<Readiness>()
            .AddSingleton<HealthEndpoints>()
            .AddHostedService<ReadinessMetrics>();
        if (options.Orleans.Has(SiloRole.Signer))
        {
            services.AddSignerGrains(configuration).AddSingleton<IReadinessCheck, KeyEncryptionKeyCheck>();
        }

        if (options.Orleans.Has(SiloRole.Work))
        {
            services.AddWorkGrains(configuration).AddSingleton<IReadinessCheck, SolanaCheck>();
        }

        services.AddOrleansSilo(type => options.Orleans.Has(SiloRole.Of(type)));
    }

    private static void Tell(WebApplication app, OrleansOptions options)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SiloApplication).FullName!);
        OrleansLog.Roles(logger, string.Join(", ", options.Roles));
        if (!options.Has(SiloRole.Signer) && !string.IsNullOrEmpty(app.Configuration[KeyOptions.LocalKeySetting]))
        {
            OrleansLog.KeyNotNeeded(logger, KeyOptions.LocalKeySetting);
        }
    }
}
