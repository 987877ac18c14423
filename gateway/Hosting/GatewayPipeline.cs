using Cluster.Gateway.Grpc;
using Cluster.Gateway.Http;
using Cluster.Gateway.Http.OpenApi;
using Cluster.Gateway.Metrics;
using Cluster.Gateway.Operations;
using Cluster.Grpc.Health;
using Cluster.Grpc.Reflection;
using Cluster.Grpc.Server;
using Cluster.Silo.Hosting;

namespace Cluster.Gateway.Hosting;

/// <summary>What the gateway serves.</summary>
internal static class GatewayPipeline
{
    /// <summary>gRPC first, so that nothing before it costs a call anything; then HTTP.</summary>
    public static void UseGateway(this WebApplication app)
    {
        app.UseGrpc(methods =>
        {
            app.Services.GetRequiredService<GrpcOperations>().MapTo(methods);
            app.Services.GetRequiredService<HealthService>().MapTo(methods);
            methods.MapReflection();
        });
        app.UseRouting();
        app.MapGet("/health/live", HealthEndpoints.Live);
        app.MapGet("/health/ready", app.Services.GetRequiredService<HealthEndpoints>().Ready);
        app.MapPrometheusMetrics();
        app.MapGet("/openapi.json", app.Services.GetRequiredService<OpenApiDocument>().Handle);
        app.MapPost("/v1/{service}/{method}", app.Services.GetRequiredService<JsonOperations>().Handle);
        app.MapFallback("{**path}", NotFound);
    }

    private static Task NotFound(HttpContext http)
    {
        EdgeCall.TryGetRequestId(http.Request.Headers[EdgeCall.RequestIdHeader], out var requestId);
        var message = $"there is nothing at {http.Request.Method} {http.Request.Path}: operations are at POST /v1/{{service}}/{{method}}, GET /openapi.json lists them";
        return JsonOperations.Refuse(http, new EdgeError(StatusCode.NotFound, message), requestId);
    }
}
