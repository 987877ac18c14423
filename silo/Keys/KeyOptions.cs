using System.ComponentModel.DataAnnotations;
using Cluster.Silo.Keys.AzureKeyVault;
using Cluster.Silo.Keys.Opened;
using Cluster.Silo.Keys.Pkcs11;

namespace Cluster.Silo.Keys;

/// <summary>What protects wallets' keys; in the configuration under <c>Cluster:Keys</c>.</summary>
public sealed class KeyOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:Keys";

    /// <summary>The provider whose keys stand in the configuration itself.</summary>
    public const string LocalProvider = "local";

    /// <summary>The provider whose keys are in Azure Key Vault or a managed HSM.</summary>
    public const string VaultProvider = "azure-key-vault";

    /// <summary>The setting that holds the local provider's key.</summary>
    public const string LocalKeySetting = "WALLET_ENCRYPTION_KEY";

    /// <summary>The setting that holds local keys which only unwrap, with commas between them.</summary>
    public const string FormerKeysSetting = "WALLET_ENCRYPTION_KEY_FORMER";

    /// <summary>The setting that holds a password of which the local key is made where there is no <see cref="LocalKeySetting"/>.</summary>
    public const string PasswordSetting = "MASTER_PASSWORD";

    /// <summary>The setting that holds the salt of <see cref="PasswordSetting"/>.</summary>
    public const string SaltSetting = "ENCRYPTION_SALT";

    private const int MinIterations = 600_000;

    /// <summary>Default <c>local</c>: 32 bytes from <c>WALLET_ENCRYPTION_KEY</c>; or <c>azure-key-vault</c>.</summary>
    [AllowedValues(LocalProvider, VaultProvider, ErrorMessage = "must be local or azure-key-vault")]
    public string Provider { get; set; } = LocalProvider;

    /// <summary>PBKDF2's iterations over <c>MASTER_PASSWORD</c>; default and least 600,000.</summary>
    [Range(MinIterations, 100_000_000)]
    public int Pbkdf2Iterations { get; set; } = MinIterations;

    /// <summary>
    /// Default false: a process that lacks a key-encryption key under which a wallet's key is wrapped does not start. With
    /// true it starts, and those wallets cannot sign until they are recovered.
    /// </summary>
    public bool StartWithoutFormerKeys { get; set; }

    /// <summary>Of the provider <c>azure-key-vault</c>.</summary>
    public KeyVaultOptions AzureKeyVault { get; } = new();

    /// <summary>Wallets' keys that are open.</summary>
    public OpenedKeyOptions Opened { get; } = new();

    /// <summary>An HSM that signs itself.</summary>
    public Pkcs11Options Pkcs11 { get; } = new();
}
