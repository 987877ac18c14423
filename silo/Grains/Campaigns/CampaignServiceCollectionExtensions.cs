using Cluster.Silo.Grains.Campaigns.Queries;
using Cluster.Silo.Grains.Campaigns.Uploads;
using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
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
    public static IServiceCollection AddCampaigns(this IServiceCollection services)
    {
        services.TryAddSingleton<CampaignStore>();
        services.TryAddSingleton<LaneStore>();
        services.TryAddSingleton<BatchStore>();
        services.TryAddSingleton<RecipientStore>();
        services.TryAddSingleton<FailureStore>();
        services.TryAddSingleton<ReportStore>();
        services.TryAddSingleton<CampaignAssets>();
        services.TryAddSingleton<FundsCheck>();
        services.TryAddSingleton<AccountLookup>();
        services.TryAddSingleton<PayeeSource>();
        services.TryAddSingleton<NeedsCounter>();
        services.TryAddSingleton<LaneMetrics>();
        services.TryAddSingleton<LanePumpParts>();
        services.TryAddSingleton<LanePumpFactory>();
        return services
            .AddGrain<CampaignGrain>("campaign")
            .AddGrain<LaneGrain>("lane")
            .AddQueries<CampaignQueries>()
            .AddQueries<CampaignReport>()
            .AddQueries<CampaignEstimates>()
            .AddQueries<RecipientUploads>();
    }
}
