using Cluster.Silo.Grains.Access;
using Cluster.Silo.Audit;
using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Grains.Keyrings;
using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Grains.Wallets;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Solana;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Silo;

/// <summary>
/// The parts of a cluster, each with what it needs: one process may have all of them, or leave some to others. What
/// hosts the grains is added beside them.
/// </summary>
public static class SiloServices
{
    /// <summary>All parts. Safe to call twice, as are those below.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="configuration">Holds the parts' options.</param>
    public static IServiceCollection AddClusterSilo(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSignerGrains(configuration).AddWorkGrains(configuration).AddClusterQueries(configuration);

    /// <summary>Signer grains and the key-encryption key: they alone open wallets' keys.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="configuration">Holds the parts' options.</param>
    public static IServiceCollection AddSignerGrains(this IServiceCollection services, IConfiguration configuration) => services
        .AddStorage(configuration)
        .AddKeys(configuration)
        .AddSigners()
        .AddKeyrings();

    /// <summary>All other grains, and the chain that they work on.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="configuration">Holds the parts' options.</param>
    public static IServiceCollection AddWorkGrains(this IServiceCollection services, IConfiguration configuration) => services
        .AddStorage(configuration)
        .AddChain(configuration)
        .AddAuditSealer()
        .AddWalletGrains(configuration)
        .AddCampaignGrains(configuration)
        .AddAccessGrains();

    /// <summary>What no grain answers: lists, reports, estimates, uploads.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="configuration">Holds the parts' options.</param>
    public static IServiceCollection AddClusterQueries(this IServiceCollection services, IConfiguration configuration) => services
        .AddStorage(configuration)
        .AddChain(configuration)
        .AddKeyQueries()
        .AddWalletQueries()
        .AddAuditQueries()
        .AddCampaignQueries(configuration)
        .AddAccessQueries();

    private static IServiceCollection AddChain(this IServiceCollection services, IConfiguration configuration)
    {
        // Options that were applied twice would name each endpoint twice.
        var isThere = services.Any(service => service.ServiceType == typeof(ITransactionSender));
        return isThere ? services : services.AddSolana(options => SolanaSettings.Apply(configuration, options)).AddAssets(configuration);
    }
}
