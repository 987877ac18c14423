using Cluster.Silo.Keys.Opened;
using Cluster.Solana;

namespace Cluster.Silo.Keys.Pkcs11;

/// <summary>Wallets' keys that an HSM keeps: it makes them and signs with them, and nobody else ever has them.</summary>
public sealed class HsmKeys : IDisposable
{
    private const string Scheme = "pkcs11:";

    private readonly Lazy<HsmToken> _token;

    /// <summary>Reaches the token at the first need.</summary>
    /// <param name="options">Module and token; none where there is no HSM.</param>
    /// <param name="pin">The token's.</param>
    public HsmKeys(Pkcs11Options options, string? pin)
    {
        IsConfigured = options.Module.Length > 0;
        _token = new Lazy<HsmToken>(() => !IsConfigured
            ? throw new KeyException($"There is no HSM: set {KeyOptions.Section}:Pkcs11:{nameof(Pkcs11Options.Module)}, …:{nameof(Pkcs11Options.Token)} and {Pkcs11Options.PinSetting}.")
            : new HsmToken(options, pin is { Length: > 0 } ? pin : throw new KeyException($"{Pkcs11Options.PinSetting} is not set: it must hold the PIN of the HSM's token.")));
    }

    /// <summary>Whether there is an HSM.</summary>
    public bool IsConfigured { get; }

    /// <summary>Whether this is the id of a key in an HSM.</summary>
    /// <param name="keyId">As recorded.</param>
    public static bool IsHsmKey(string keyId) => keyId.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Makes a wallet's key.</summary>
    /// <param name="walletId">Whose.</param>
    /// <param name="version">From 1.</param>
    /// <returns>Its record, without anything sealed.</returns>
    /// <exception cref="KeyException">There is no HSM, or it refused.</exception>
    public SealedKey Create(string walletId, int version)
    {
        var token = _token.Value;
        var (id, publicKey) = token.Generate($"{walletId}/{version}");
        return new SealedKey(walletId, version, publicKey, default, default, $"{Scheme}{token.Name}/{Convert.ToHexStringLower(id)}");
    }

    /// <summary>A wallet's key, ready to sign.</summary>
    /// <param name="record">From <see cref="Create"/>.</param>
    /// <exception cref="KeyException">There is no HSM, or it does not have the key, or has another.</exception>
    internal IWalletKey Open(SealedKey record)
    {
        var token = _token.Value;
        var prefix = $"{Scheme}{token.Name}/";
        if (!record.KeyEncryptionKeyId.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new KeyException($"The key of wallet {record.WalletId} is {record.KeyEncryptionKeyId}, and the HSM of this process has the token '{token.Name}'.");
        }

        var id = Convert.FromHexString(record.KeyEncryptionKeyId.AsSpan(prefix.Length));
        var publicKey = token.FindPublicKey(id);
        return publicKey == record.PublicKey
            ? new HsmWalletKey(token, token.FindPrivateKey(id), publicKey)
            : throw new KeyException($"The HSM's key of wallet {record.WalletId} is {publicKey}, and its row says {record.PublicKey}: the row was changed.");
    }

    /// <summary>Logs out.</summary>
    public void Dispose()
    {
        if (_token.IsValueCreated)
        {
            _token.Value.Dispose();
        }
    }

    private sealed class HsmWalletKey(HsmToken token, nuint privateKey, PublicKey publicKey) : IWalletKey
    {
        public PublicKey PublicKey => publicKey;

        public SigningKey? InMemory => null;

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => token.Sign(privateKey, message, signature);

        public void Dispose()
        {
        }
    }
}
