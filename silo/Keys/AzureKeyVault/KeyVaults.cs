using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>Puts together what reaches vaults.</summary>
internal static class KeyVaults
{
    private const int MaxConnections = 64;

    /// <summary>Adds the identity and the connections; neither is made where no vault is configured.</summary>
    public static void AddKeyVaults(this IServiceCollection services)
    {
        services.TryAddSingleton<TokenCredential>(provider => new DefaultAzureCredential(new DefaultAzureCredentialOptions
        {
            DisableInstanceDiscovery = provider.GetRequiredService<IOptions<KeyOptions>>().Value.AzureKeyVault.DisableInstanceDiscovery,
        }));
        services.TryAddSingleton<HttpPipelineTransport>(_ => new HttpClientTransport(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = MaxConnections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            AllowAutoRedirect = false,
        }));
    }

    /// <summary>The vault's key that wraps.</summary>
    /// <exception cref="KeyException">Its address is missing or wrong.</exception>
    public static KeyVaultProvider Current(KeyVaultOptions options, IServiceProvider services) =>
        Create(KeyAddress.Parse(options.KeyUrl, $"{KeyOptions.Section}:{nameof(KeyOptions.AzureKeyVault)}:{nameof(options.KeyUrl)}"), options, services);

    /// <summary>Vaults' keys that only unwrap.</summary>
    /// <exception cref="KeyException">An address is wrong.</exception>
    public static IEnumerable<KeyVaultProvider> Former(KeyVaultOptions options, IServiceProvider services) => options.FormerKeyUrls.Select(url =>
        Create(KeyAddress.Parse(url, $"{KeyOptions.Section}:{nameof(KeyOptions.AzureKeyVault)}:{nameof(options.FormerKeyUrls)}"), options, services));

    private static KeyVaultProvider Create(KeyAddress key, KeyVaultOptions options, IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var pipeline = KeyVaultClient.BuildPipeline(
            key, services.GetRequiredService<TokenCredential>(), services.GetRequiredService<HttpPipelineTransport>(), options);
        var budget = new OperationBudget(options.OperationsPerTenSeconds, options.MaxWait, time);
        return new KeyVaultProvider(new KeyVaultClient(key, pipeline, options, budget, time), options, time);
    }
}
