using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Silo.Grains.Signers;

/// <summary>Registers signers.</summary>
public static class SignerServiceCollectionExtensions
{
    /// <summary>Adds what signers need beside <see cref="Keys.KeyServiceCollectionExtensions.AddKeys"/>. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddSigners(this IServiceCollection services)
    {
        services.TryAddSingleton<WalletKeyStore>();
        return services.AddGrain<SignerGrain>("signer");
    }
}
