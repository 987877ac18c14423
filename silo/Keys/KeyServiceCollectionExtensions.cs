using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Silo.Keys;

/// <summary>Registers the key-encryption key and what seals wallets' keys.</summary>
public static class KeyServiceCollectionExtensions
{
    /// <summary>
    /// Adds the key-encryption key that the configuration names and its test at start. Needs
    /// <see cref="Storage.StorageServiceCollectionExtensions.AddStorage"/>. Safe to call twice.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="KeyOptions"/>.</param>
    public static IServiceCollection AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<IKeyEncryptionKey>(_ => CreateKeyEncryptionKey(configuration));
        services.TryAddSingleton<KeyEnvelope>();
        services.TryAddSingleton<WalletKeyStore>();
        services.AddHostedService<KeySelfTest>();
        return services;
    }

    private static LocalKeyEncryptionKey CreateKeyEncryptionKey(IConfiguration configuration)
    {
        var options = new KeyOptions();
        configuration.GetSection(KeyOptions.Section).Bind(options);
        return options.Provider switch
        {
            KeyOptions.LocalProvider => new LocalKeyEncryptionKey(
                KeyEncryptionKeyText.Parse(configuration[KeyOptions.LocalKeySetting], KeyOptions.LocalKeySetting)),
            var unknown => throw new KeyException(
                $"{KeyOptions.Section}:Provider is {unknown}; this build knows {KeyOptions.LocalProvider}."),
        };
    }
}
