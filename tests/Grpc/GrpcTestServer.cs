using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cluster.Grpc.Client;
using Cluster.Grpc.Health;
using Cluster.Grpc.Reflection;
using Cluster.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Grpc;

/// <summary>A real Kestrel on free loopback ports: one that speaks HTTP/2 without TLS, one that speaks HTTP/1.1.</summary>
internal sealed class GrpcTestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcTestServer(WebApplication app, EchoService echo, HealthService health, LogRecorder log) =>
        (_app, Echo, Health, Log) = (app, echo, health, log);

    public EchoService Echo { get; }

    public HealthService Health { get; }

    public LogRecorder Log { get; }

    public Uri Address => new(_app.Urls.First());

    public Uri Http1Address => new(_app.Urls.Last());

    /// <param name="configure">Changes the server's options.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="map">Maps methods beside those of <see cref="EchoService"/>.</param>
    /// <param name="collect">Stands in for the echo's Collect.</param>
    /// <param name="expand">Stands in for the echo's Expand.</param>
    /// <param name="certificate">Turns TLS on.</param>
    public static async Task<GrpcTestServer> StartAsync(
        Action<GrpcServerOptions>? configure = null,
        TimeProvider? clock = null,
        Action<GrpcMethods>? map = null,
        Func<IAsyncEnumerable<EchoRequest>, ServerCallContext, ValueTask<EchoReply>>? collect = null,
        Func<EchoRequest, IServerStreamWriter<EchoReply>, ServerCallContext, Task>? expand = null,
        X509Certificate2? certificate = null)
    {
        var log = new LogRecorder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddGrpcServer(configure);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });

        var (echo, health) = (new EchoService(), new HealthService());
        var app = builder.Build();
        app.UseGrpc(methods =>
        {
            echo.MapTo(methods, collect, expand);
            health.MapTo(methods);
            map?.Invoke(methods);
            methods.MapReflection();
        });
        app.Run(http => http.Response.WriteAsync("plain HTTP"));
        await app.StartAsync();
        return new GrpcTestServer(app, echo, health, log);
    }

    public GrpcChannel Connect(GrpcChannelOptions? options = null) => new(Address, options);

    /// <summary>Lets the calls in flight end, then stops.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}
