using Cluster.Grpc.Server.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.Grpc.Server;

/// <summary>Puts gRPC into a host: <c>services.AddGrpcServer()</c>, then <c>app.UseGrpc(methods => ...)</c>.</summary>
public static class GrpcServerExtensions
{
    /// <summary>Registers the options of the server and hands Kestrel its part of them. Safe to call twice.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the defaults.</param>
    public static IServiceCollection AddGrpcServer(this IServiceCollection services, Action<GrpcServerOptions>? configure = null)
    {
        var options = services.AddOptions<GrpcServerOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GrpcServerOptions>, GrpcServerOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, KestrelConfiguration>());
        return services;
    }

    /// <summary>
    /// Serves the mapped methods. What is neither one of their paths nor of content type <c>application/grpc</c> goes on
    /// to the next middleware, so one host can serve plain HTTP beside. Belongs first in the pipeline: nothing before it
    /// then costs a call anything.
    /// </summary>
    /// <param name="app">The host's pipeline.</param>
    /// <param name="map">Maps methods to handlers.</param>
    /// <exception cref="ArgumentException">A method is mapped twice, or to a handler of another shape.</exception>
    public static IApplicationBuilder UseGrpc(this IApplicationBuilder app, Action<GrpcMethods> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var services = app.ApplicationServices;
        var methods = new GrpcMethods(new CallSettings(
            services.GetRequiredService<IOptions<GrpcServerOptions>>().Value,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Cluster.Grpc.Server"),
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        map(methods);
        var dispatcher = new Dispatcher(methods);
        return app.Use(next => http => dispatcher.HandleAsync(http, next));
    }
}
