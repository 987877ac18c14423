using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Hosting.Embedded;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Hosting.Reminders;
using Cluster.Silo.Hosting.Turns;
using Cluster.Silo.Storage;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ServiceDescriptor = Microsoft.Extensions.DependencyInjection.ServiceDescriptor;

namespace Cluster.Silo.Hosting;

/// <summary>Registers grains, query handlers and the host that runs them.</summary>
public static class HostingServiceCollectionExtensions
{
    /// <summary>Registers the class that implements a grain type; its constructor gets services of the container.</summary>
    /// <typeparam name="TGrain">With one public method an rpc.</typeparam>
    /// <param name="services">The container's.</param>
    /// <param name="grainType">As the services' <c>grain</c> option gives it.</param>
    public static IServiceCollection AddGrain<TGrain>(this IServiceCollection services, string grainType)
        where TGrain : Grain =>
        services.AddSingleton(new GrainRegistration(grainType, typeof(TGrain)));

    /// <summary>Registers a class that answers rpcs which no grain answers; one instance serves all calls.</summary>
    /// <typeparam name="THandler">With one public method an rpc.</typeparam>
    /// <param name="services">The container's.</param>
    public static IServiceCollection AddQueries<THandler>(this IServiceCollection services)
        where THandler : class
    {
        services.TryAddSingleton<THandler>();
        return services.AddSingleton(new QueryRegistration(typeof(THandler)));
    }

    /// <summary>Names the proto files whose rpcs are served; all files of the contracts where none is named.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="files">Descriptors of generated code.</param>
    public static IServiceCollection AddContract(this IServiceCollection services, params ReadOnlySpan<FileDescriptor> files)
    {
        foreach (var file in files)
        {
            services.AddSingleton(file);
        }

        return services;
    }

    /// <summary>
    /// Runs all grains in this process. Needs a <see cref="Database"/>. The binding of rpcs and methods is checked when
    /// the process starts.
    /// </summary>
    /// <param name="services">The container's.</param>
    public static IServiceCollection AddEmbeddedHost(this IServiceCollection services)
    {
        services.AddGrainHosting();
        services.AddOperations();
        services.TryAddSingleton<EmbeddedHost>();
        services.TryAddSingleton<IGrains>(provider => provider.GetRequiredService<EmbeddedHost>());
        services.TryAddSingleton<IReminders>(provider => provider.GetRequiredService<IReminderStore>());
        services.TryAddSingleton<IReminderTarget>(provider => provider.GetRequiredService<EmbeddedHost>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EmbeddedHost>(provider => provider.GetRequiredService<EmbeddedHost>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReminderService>());
        return services;
    }

    /// <summary>What a process needs that hosts grains: limits, recorded answers, the reminders' table, metrics.</summary>
    internal static void AddGrainHosting(this IServiceCollection services)
    {
        services.AddHostingCore();
        services.AddValidated<GrainHostOptions>("Cluster:Host");
        services.AddValidated<ReminderOptions>("Cluster:Reminders");
        services.AddValidated<RequestRetentionOptions>("Cluster:Requests");
        services.TryAddSingleton<HostMetrics>();
        services.TryAddSingleton<IReminderStore, ReminderStore>();
        services.TryAddSingleton<ReminderFiring>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RequestRetention>());
    }

    /// <summary>What a process needs that answers whoever comes from outside. The calls of grains go to <see cref="IGrains"/>.</summary>
    internal static void AddOperations(this IServiceCollection services)
    {
        services.AddHostingCore();
        services.TryAddSingleton<IOperations, Operations>();
    }

    /// <summary>What every process of a cluster needs: contracts and their binding.</summary>
    private static void AddHostingCore(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(HostedParts.Everything);
        services.TryAddSingleton<IRequestStore, RequestStore>();
        services.TryAddSingleton<AnsweredRequests>();
        services.TryAddSingleton(ReadContract);
        services.TryAddSingleton(Bind);
    }

    internal static void AddValidated<TOptions>(this IServiceCollection services, string section)
        where TOptions : class =>
        services.AddOptions<TOptions>()
            .Configure<IServiceProvider>((options, provider) => provider.GetService<IConfiguration>()?.GetSection(section).Bind(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();

    private static Contract ReadContract(IServiceProvider provider)
    {
        var files = provider.GetServices<FileDescriptor>().ToList();
        return Contract.Read(files.Count > 0 ? files : Contract.FilesOf(typeof(CallOptions).Assembly));
    }

    private static Bindings Bind(IServiceProvider provider) =>
        new Binder(
            provider.GetRequiredService<Contract>(),
            provider.GetRequiredService<HostedParts>(),
            provider.GetRequiredService<AnsweredRequests>(),
            provider.GetRequiredService)
            .Bind([.. provider.GetServices<GrainRegistration>()], [.. provider.GetServices<QueryRegistration>()]);
}
