using Cluster.Gateway.Configuration;
using Cluster.Gateway.Health;
using Cluster.Gateway.Hosting;
using Cluster.OrleansHost.Connections;
using Cluster.OrleansHost.Dashboard;
using Cluster.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.OrleansHost.Hosting;

/// <summary>
/// <c>cluster-orleans gateway</c>: the gateway as it is everywhere, but its grains are on silos. Lists, reports,
/// estimates and uploads it answers itself, from PostgreSQL and the chain.
/// </summary>
internal static class OrleansGateway
{
    /// <summary>Builds what <c>Run</c> starts; nothing has touched the network or the database yet.</summary>
    /// <param name="args">Options as <c>--Cluster:Grpc:Port 5000</c>.</param>
    /// <exception cref="InvalidConfigurationException">Something in the configuration must be put right first.</exception>
    public static WebApplication Build(string[] args)
    {
        var app = GatewayApplication.Build(args, new ClusterOrleansOptions(), AddSilos);
        _ = app.Services.GetRequiredService<ConnectionTls>();
        app.UseDashboard();
        return app;
    }

    private static void AddSilos(IServiceCollection services, IConfiguration configuration) => services
        .AddClusterQueries(configuration)
        .AddOrleansGateway()
        .AddSingleton<DashboardGate>()
        .AddSingleton<IReadinessCheck, SolanaCheck>()
        .AddSingleton<IReadinessCheck, RolesCheck>();
}
