using System.ComponentModel.DataAnnotations;

namespace Cluster.Silo.Keys;

/// <summary>What protects wallets' keys; in the configuration under <c>Cluster:Keys</c>.</summary>
public sealed class KeyOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:Keys";

    /// <summary>The provider whose keys stand in the configuration itself.</summary>
    public const string LocalProvider = "local";

    /// <summary>The setting that holds the local provider's key.</summary>
    public const string LocalKeySetting = "WALLET_ENCRYPTION_KEY";

    /// <summary>The setting that holds local keys which only unwrap, with commas between them.</summary>
    public const string FormerKeysSetting = "WALLET_ENCRYPTION_KEY_FORMER";

    /// <summary>The setting that holds a password of which the local key is made where there is no <see cref="LocalKeySetting"/>.</summary>
    public const string PasswordSetting = "MASTER_PASSWORD";

    /// <summary>The setting that holds the salt of <see cref="PasswordSetting"/>.</summary>
    public const string SaltSetting = "ENCRYPTION_SALT";

    private const int MinIterations = 600_000;

    /// <summary>Default <c>local</c>: 32 bytes from <c>WALLET_ENCRYPTION_KEY</c>.</summary>
    [AllowedValues(LocalProvider, ErrorMessage = "must be local")]
    public string Provider { get; set; } = LocalProvider;

    /// <summary>PBKDF2's iterations over <c>MASTER_PASSWORD</c>; default and least 600,000.</summary>
    [Range(MinIterations, 100_000_000)]
    public int Pbkdf2Iterations { get; set; } = MinIterations;

    /// <summary>
    /// Default false: a process that lacks a key-encryption key under which a wallet's key is wrapped does not start. With
    /// true it starts, and those wallets cannot sign until they are recovered.
    /// </summary>
    public bool StartWithoutFormerKeys { get; set; }
}
