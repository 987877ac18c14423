using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Grains.Wallets;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Solana;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Silo;

/// <summary>A silo in one call: storage, keys, chain and grains. What hosts the grains is added beside it.</summary>
public static class SiloServices
{
    /// <summary>Adds all parts of a silo but the host of its grains.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="configuration">Holds the parts' options.</param>
    public static IServiceCollection AddClusterSilo(this IServiceCollection services, IConfiguration configuration) => services
        .AddStorage(configuration)
        .AddKeys(configuration)
        .AddSolana(options => SolanaSettings.Apply(configuration, options))
        .AddAssets(configuration)
        .AddSigners()
        .AddWallets(configuration)
        .AddCampaigns(configuration);
}
