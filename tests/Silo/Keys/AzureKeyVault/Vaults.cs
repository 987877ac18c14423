using Azure.Core;
using Cluster.Silo.Keys.AzureKeyVault;
using Cluster.Tests.Support.KeyVault;

namespace Cluster.Tests.Silo.Keys.AzureKeyVault;

/// <summary>Providers over a vault of the test's own.</summary>
internal static class Vaults
{
    /// <summary>Short pauses, so that a storm is over soon.</summary>
    public static KeyVaultOptions Options(KeyVaultServer server, string name) => new()
    {
        KeyUrl = server.KeyUrl(name),
        FirstRetryDelay = TimeSpan.FromMilliseconds(2),
        MaxRetryDelay = TimeSpan.FromMilliseconds(20),
        MaxAttempts = 30,
    };

    public static KeyVaultProvider Open(KeyVaultServer server, string name, Action<KeyVaultOptions>? configure = null, TimeProvider? time = null, TokenCredential? credential = null)
    {
        var options = Options(server, name);
        configure?.Invoke(options);
        var key = KeyAddress.Parse(options.KeyUrl, "test");
        var clock = time ?? TimeProvider.System;
        var pipeline = KeyVaultClient.BuildPipeline(key, credential ?? server.Credential(), server.Transport(), options);
        var budget = new OperationBudget(options.OperationsPerTenSeconds, options.MaxWait, clock);
        return new KeyVaultProvider(new KeyVaultClient(key, pipeline, options, budget, clock), options, clock);
    }
}
