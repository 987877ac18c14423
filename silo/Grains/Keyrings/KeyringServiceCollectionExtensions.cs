using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Keys;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Silo.Grains.Keyrings;

/// <summary>Registers the keyring and what is asked of it.</summary>
public static class KeyringServiceCollectionExtensions
{
    /// <summary>The grain's type; it belongs where signers are.</summary>
    public const string GrainType = "keyring";

    /// <summary>Adds the keyring. Needs <see cref="Keys.KeyServiceCollectionExtensions.AddKeys"/>. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddKeyrings(this IServiceCollection services)
    {
        services.TryAddSingleton<KeyringStore>();
        services.TryAddSingleton<RewrapStore>();
        services.TryAddSingleton<KeyRotator>();
        return services.AddGrain<KeyringGrain>(GrainType);
    }

    /// <summary>Adds what is answered from the database. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddKeyQueries(this IServiceCollection services)
    {
        services.TryAddSingleton<WalletKeyStore>();
        services.TryAddSingleton<KeyringStore>();
        services.TryAddSingleton<KeyHolderStore>();
        return services.AddQueries<KeyQueries>();
    }
}
