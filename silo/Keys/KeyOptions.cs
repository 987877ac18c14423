namespace Cluster.Silo.Keys;

/// <summary>Which key-encryption key protects wallets' keys; in the configuration under <c>Cluster:Keys</c>.</summary>
public sealed class KeyOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:Keys";

    /// <summary>The provider whose key stands in the configuration itself.</summary>
    public const string LocalProvider = "local";

    /// <summary>The setting that holds the local provider's key.</summary>
    public const string LocalKeySetting = "WALLET_ENCRYPTION_KEY";

    /// <summary>Default and so far the only one: <c>local</c>, 32 bytes from <c>WALLET_ENCRYPTION_KEY</c>.</summary>
    public string Provider { get; set; } = LocalProvider;
}
