using Cluster.Gateway.Access;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Grpc;
using Cluster.Gateway.Health;
using Cluster.Gateway.Http;
using Cluster.Gateway.Http.OpenApi;
using Cluster.Gateway.Metrics;
using Cluster.Gateway.Operations;
using Cluster.Grpc.Health;
using Cluster.Grpc.Server;
using Cluster.Silo.Grains.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Gateway.Hosting;

/// <summary>Registers the gateway, part by part.</summary>
internal static class GatewayServices
{
    /// <summary>Everything of the gateway. Needs the silo's services: operations, storage.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, ClusterOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(options.Access);
        services.AddSingleton(options.Tls);
        services.AddSingleton(options.Limits);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownSeconds));
        return services.AddPrometheusMetrics(options.Metrics).AddAccess().AddOperations().AddHealth().AddGrpc(options).AddHttp();
    }

    private static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddMetrics()
        .AddSecondFactorCheck()
        .AddSingleton<AdministratorKey>()
        .AddSingleton<KeyRing>()
        .AddSingleton<Authenticator>()
        .AddSingleton<ResourceResolver>()
        .AddSingleton<KeyUses>()
        .AddSingleton<Admission>()
        .AddSingleton<RefusalLog>()
        .AddHostedService<AccessUpkeep>()
        .AddHostedService<AccessListener>();

    private static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<OperationTable>()
        .AddSingleton<AuditedOperations>()
        .AddSingleton<EdgeErrors>();

    private static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddSingleton<IReadinessCheck, DatabaseCheck>()
        .AddSingleton<IReadinessCheck, MigrationsCheck>()
        .AddSingleton<Readiness>()
        .AddSingleton<HealthService>()
        .AddHostedService<ReadinessMetrics>()
        .AddHostedService<ServingStatus>();

    private static IServiceCollection AddGrpc(this IServiceCollection services, ClusterOptions options)
    {
        services.AddSingleton<GrpcOperations>();
        services.AddGrpcServer(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.Limits.MaxMessageBytes;
            grpc.MaxSendMessageSize = options.Limits.MaxMessageBytes;
            grpc.MaxStreamsPerConnection = options.Limits.MaxStreamsPerConnection;
        });
        services.AddOptions<GrpcServerOptions>().Configure<IServiceProvider>((grpc, provider) =>
        {
            var operations = new Lazy<GrpcOperations>(provider.GetRequiredService<GrpcOperations>);
            grpc.Admit = context => operations.Value.Admit(context);
            grpc.MapException = (error, context) => operations.Value.StatusOf(error, context);
        });
        return services;
    }

    private static IServiceCollection AddHttp(this IServiceCollection services) => services
        .AddRoutingCore()
        .AddMetricsEndpoint()
        .AddSingleton<JsonMapping>()
        .AddSingleton<JsonOperations>()
        .AddSingleton<HealthEndpoints>()
        .AddSingleton<OpenApiDocument>();
}
