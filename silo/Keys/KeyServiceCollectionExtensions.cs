using Cluster.Silo.Keys.AzureKeyVault;
using Cluster.Silo.Keys.Local;
using Cluster.Silo.Keys.Opened;
using Cluster.Silo.Keys.Pkcs11;
using Cluster.Silo.Storage.Keys;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

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
        services.AddOptions<KeyOptions>().Bind(configuration.GetSection(KeyOptions.Section)).ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeyVaults();
        services.TryAddSingleton(provider => CreateRing(configuration, provider));
        services.TryAddSingleton<KeyEnvelope>();
        services.TryAddSingleton<KeySeals>();
        services.TryAddSingleton(provider => new HsmKeys(
            provider.GetRequiredService<IOptions<KeyOptions>>().Value.Pkcs11, configuration[Pkcs11Options.PinSetting]));
        services.TryAddSingleton<WalletKeyOpener>();
        services.TryAddSingleton<OpenedKeys>();
        services.TryAddSingleton<KeyHolderStore>();
        services.TryAddSingleton<WalletKeyStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KeySelfTest>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KeyCacheWatch>());
        return services;
    }

    private static KeyEncryptionKeyRing CreateRing(IConfiguration configuration, IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<KeyOptions>>().Value;
        return options.Provider == KeyOptions.VaultProvider
            ? new KeyEncryptionKeyRing(
                KeyVaults.Current(options.AzureKeyVault, services),
                [.. KeyVaults.Former(options.AzureKeyVault, services), LocalKeySettings.ReadAllAsFormer(configuration, options)])
            : new KeyEncryptionKeyRing(
                LocalKeySettings.ReadCurrent(configuration, options),
                [.. KeyVaults.Former(options.AzureKeyVault, services)]);
    }
}
