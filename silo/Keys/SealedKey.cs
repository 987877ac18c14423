using Cluster.Solana;

namespace Cluster.Silo.Keys;

/// <summary>A wallet's private key at rest: encrypted under a data key of its own, which is wrapped.</summary>
/// <param name="WalletId">Whose key; bound to the ciphertext.</param>
/// <param name="Version">From 1; bound to the ciphertext.</param>
/// <param name="PublicKey">The wallet's address.</param>
/// <param name="Ciphertext">AES-256-GCM: nonce (12) ‖ encrypted seed (32) ‖ tag (16).</param>
/// <param name="WrappedDataKey">As the key-encryption key wrapped it.</param>
/// <param name="KeyEncryptionKeyId">Which one.</param>
public sealed record SealedKey(
    string WalletId,
    int Version,
    PublicKey PublicKey,
    ReadOnlyMemory<byte> Ciphertext,
    ReadOnlyMemory<byte> WrappedDataKey,
    string KeyEncryptionKeyId)
{
    /// <summary>Wallet and version alone.</summary>
    public override string ToString() => $"sealed key {Version} of wallet {WalletId}";
}
