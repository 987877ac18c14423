using System.ComponentModel.DataAnnotations;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>
/// The key-encryption key of the provider <c>azure-key-vault</c>; in the configuration under
/// <c>Cluster:Keys:AzureKeyVault</c>. Who the process is to Azure follows from <c>DefaultAzureCredential</c>: a managed
/// identity, workload identity, or the <c>AZURE_*</c> variables.
/// </summary>
public sealed class KeyVaultOptions
{
    /// <summary>The key without a version, for example <c>https://acme.vault.azure.net/keys/wallets</c>.</summary>
    public string KeyUrl { get; set; } = "";

    /// <summary>Keys in vaults that <see cref="KeyUrl"/> replaced: they unwrap what they wrapped. Default none.</summary>
    public string[] FormerKeyUrls { get; set; } = [];

    /// <summary>Default none. The kind of key that a start makes where the vault has none of that name: RSA, RSA-HSM or oct-HSM.</summary>
    [AllowedValues("", "RSA", "RSA-HSM", "oct-HSM", ErrorMessage = "must be RSA, RSA-HSM or oct-HSM")]
    public string CreateKeyType { get; set; } = "";

    /// <summary>Wraps and unwraps that leave this process in any ten seconds; default 4,000, a vault's limit for RSA keys of 2,048 bits. Silos of one vault share it.</summary>
    [Range(1, 1_000_000)]
    public int OperationsPerTenSeconds { get; set; } = 4_000;

    /// <summary>How long an operation may wait for its turn under that limit; default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one request may take; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an operation is tried where the vault is busy or away; default 10.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The pause after a first failure, doubled after each further one and spread at random; default 200 ms. <c>Retry-After</c> wins.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is looked whether the key has a newer version; default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RefreshPeriod { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Default false. True in clouds whose authority the public Azure does not know.</summary>
    public bool DisableInstanceDiscovery { get; set; }
}
