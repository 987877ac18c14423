namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>One version of a key, as its vault describes it.</summary>
/// <param name="Id">With the version.</param>
/// <param name="Version">The version alone.</param>
/// <param name="Algorithm">By which it wraps.</param>
/// <param name="Enabled">Whether it may be used.</param>
internal sealed record VaultKey(string Id, string Version, string Algorithm, bool Enabled)
{
    /// <summary>RSA keys, in vaults and managed HSMs.</summary>
    public const string RsaOaep256 = "RSA-OAEP-256";

    /// <summary>AES keys, in managed HSMs alone: RFC 3394.</summary>
    public const string AesKeyWrap256 = "A256KW";

    /// <summary>The algorithm of a key of this type.</summary>
    /// <exception cref="KeyException">Keys of this type do not wrap.</exception>
    public static string AlgorithmOf(string? keyType, KeyAddress key) => keyType switch
    {
        "RSA" or "RSA-HSM" => RsaOaep256,
        "oct" or "oct-HSM" => AesKeyWrap256,
        _ => throw new KeyException($"The key {key} is of the type {keyType}, which does not wrap keys: use an RSA key, or an AES key in a managed HSM."),
    };
}
