using Cluster.Silo.Grains.Campaigns.Queries;
using Cluster.Silo.Grains.Campaigns.Uploads;
using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>Registers campaigns.</summary>
public static class CampaignServiceCollectionExtensions
{
    /// <summary>
    /// Adds campaigns and their lanes; needs storage, assets, wallets, the chain and a host. Safe to call twice.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="LaneOptions"/> and <see cref="UploadOptions"/>.</param>
    public static IServiceCollection AddCampaigns(this IServiceCollection services, IConfiguration configuration) =>
        services.AddCampaignGrains(configuration).AddCampaignQueries(configuration);

    /// <summary>Adds campaigns' lists, reports, estimates and uploads alone; needs storage, assets and the chain.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="UploadOptions"/>.</param>
    internal static IServiceCollection AddCampaignQueries(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<UploadOptions>()
            .Bind(configuration.GetSection(UploadOptions.Section))
            .Validate(
                options => options.IdleTimeout >= TimeSpan.FromSeconds(1) && options.IdleTimeout <= CampaignGrain.UploadLease,
                $"{UploadOptions.Section}:{nameof(UploadOptions.IdleTimeout)} must lie between 00:00:01 and 00:01:00.")
            .ValidateOnStart();
        return services
            .AddCampaignParts()
            .AddQueries<CampaignQueries>()
            .AddQueries<CampaignReport>()
            .AddQueries<CampaignEstimates>()
            .AddQueries<RecipientUploads>();
    }

    /// <summary>Adds campaign and lane grains alone.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="LaneOptions"/>.</param>
    internal static IServiceCollection AddCampaignGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LaneOptions>()
            .Bind(configuration.GetSection(LaneOptions.Section))
            .Validate(options => options.BatchesAtOnce is >= 1 and <= 1_000, Bounds(nameof(LaneOptions.BatchesAtOnce), "1,000"))
            .Validate(options => options.MaxUnconfirmed is >= 1 and <= 65_536, Bounds(nameof(LaneOptions.MaxUnconfirmed), "65,536"))
            .Validate(options => options.MaxInFlight is >= 1 and <= 1_000_000, Bounds(nameof(LaneOptions.MaxInFlight), "1,000,000"))
            .ValidateOnStart();
        services.TryAddSingleton<LaneStore>();
        services.TryAddSingleton<BatchStore>();
        services.TryAddSingleton<FundsCheck>();
        services.TryAddSingleton<PaymentLimit>();
        services.TryAddSingleton<LaneOrders>();
        services.TryAddSingleton<LaneMetrics>();
        services.AddHostedService<OpenCampaigns>();
        services.TryAddSingleton<LanePumpParts>();
        services.TryAddSingleton<LanePumpFactory>();
        return services
            .AddCampaignParts()
            .AddGrain<CampaignGrain>("campaign")
            .AddGrain<LaneGrain>("lane");
    }

    private static IServiceCollection AddCampaignParts(this IServiceCollection services)
    {
        services.TryAddSingleton<CampaignStore>();
        services.TryAddSingleton<RecipientStore>();
        services.TryAddSingleton<FailureStore>();
        services.TryAddSingleton<ReportStore>();
        services.TryAddSingleton<CampaignAssets>();
        services.TryAddSingleton<AccountLookup>();
        services.TryAddSingleton<PayeeSource>();
        services.TryAddSingleton<NeedsCounter>();
        return services;
    }

    private static string Bounds(string option, string most) => $"{LaneOptions.Section}:{option} must lie between 1 and {most}.";
}
