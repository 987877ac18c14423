using Cluster.Gateway.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace Cluster.Gateway.Hosting;

/// <summary>Puts the process together: configuration, silo, gateway.</summary>
internal static class GatewayApplication
{
    /// <summary>Builds what <c>Run</c> starts; nothing has touched the network, the database or the disk yet.</summary>
    /// <param name="args">Options as <c>--Cluster:Grpc:Port 5000</c>.</param>
    /// <param name="addSilo">Adds what answers the operations.</param>
    /// <exception cref="InvalidConfigurationException">Something in the configuration must be put right first.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection, IConfiguration> addSilo) =>
        Build(args, new ClusterOptions(), addSilo);

    /// <summary>The same for a process that has more options.</summary>
    /// <param name="args">Options as <c>--Cluster:Grpc:Port 5000</c>.</param>
    /// <param name="options">Takes the configuration.</param>
    /// <param name="addSilo">Adds what answers the operations.</param>
    /// <exception cref="InvalidConfigurationException">Something in the configuration must be put right first.</exception>
    public static WebApplication Build(string[] args, ClusterOptions options, Action<IServiceCollection, IConfiguration> addSilo)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        ClusterConfiguration.Read(builder.Configuration, options, out var errors);
        var hasStarted = false;
        builder.Logging.AddOneLineConsole(() => hasStarted);
        addSilo(builder.Services, builder.Configuration);
        builder.Services.AddGateway(options);
        builder.WebHost.ConfigureKestrel(kestrel => KestrelEndpoints.Configure(kestrel, options));

        var app = builder.Build();
        ClusterConfiguration.Demand(errors, app.Services);
        app.UseGateway();
        app.Lifetime.ApplicationStarted.Register(() => hasStarted = true);
        return app;
    }

    /// <summary>The configuration of a command that serves nothing.</summary>
    public static IConfiguration Configuration() => new ConfigurationBuilder()
        .SetBasePath(Directory.GetCurrentDirectory())
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .Build();

    /// <summary>Logs as one line an entry.</summary>
    /// <param name="logging">The process's.</param>
    /// <param name="hasStarted">Whether a failure of the host is one of its start no more.</param>
    public static void AddOneLineConsole(this ILoggingBuilder logging, Func<bool> hasStarted)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });

        // A start that fails is explained in sentences; the host would add a stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => hasStarted() && level >= LogLevel.Information);

        // With this category silent, ASP.NET Core makes neither an activity nor a log scope for each request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    }
}
