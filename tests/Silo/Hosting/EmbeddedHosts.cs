using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Embedded;
using Cluster.Silo.Hosting.Turns;
using Cluster.Tests.Silo.Hosting.Contract;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Embedded hosts for the conformance suite.</summary>
public sealed class EmbeddedHosts : IConformanceHosts
{
    public Task<IConformanceHost> Start(ConformanceSettings settings) => Start(settings, _ => { });

    internal static async Task<IConformanceHost> Start(ConformanceSettings settings, Action<IServiceCollection> change)
    {
        var clock = new ProcessClock(settings.Clock);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(settings.Stage)
            .AddSingleton(settings.Database.Open(clock))
            .AddContract(ProbesReflection.Descriptor)
            .AddGrain<ProbeGrain>("probe")
            .AddQueries<ProbeQueries>()
            .AddEmbeddedHost()
            .Configure<GrainHostOptions>(options =>
            {
                options.MailboxBound = settings.MailboxBound;
                options.IdleAge = settings.IdleAge;
                options.DefaultDeadline = settings.DefaultDeadline;
                options.ActivationTimeout = settings.ActivationTimeout;
            });
        change(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new EmbeddedHostUnderTest(host, clock);
    }
}

internal sealed class EmbeddedHostUnderTest(IHost host, ProcessClock clock) : IConformanceHost
{
    public IServiceProvider Services => host.Services;

    public TurnRuntime Runtime => host.Services.GetRequiredService<EmbeddedHost>().Runtime;

    public IGrains Grains { get; } = host.Services.GetRequiredService<IGrains>();

    public IOperations Operations { get; } = host.Services.GetRequiredService<IOperations>();

    public int Waiting => Runtime.Cells.Sum(cell => cell.Mailbox.Count);

    public Task Stop() => host.StopAsync();

    public Task Kill()
    {
        clock.Die();
        return Task.CompletedTask;
    }
}
