using Cluster.Solana;

namespace Cluster.Silo.Keys.Opened;

/// <summary>A wallet's private key, ready to sign: in this process's memory, or in an HSM that never gives it out.</summary>
public interface IWalletKey : IDisposable
{
    /// <summary>The wallet's address.</summary>
    PublicKey PublicKey { get; }

    /// <summary>The key itself, from which children can be derived; null where it is in an HSM.</summary>
    SigningKey? InMemory { get; }

    /// <summary>Signs a message. Safe for use by many threads at once.</summary>
    /// <param name="message">What is signed.</param>
    /// <param name="signature">Takes 64 bytes.</param>
    /// <exception cref="KeyException">The HSM is away or refused.</exception>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);
}

/// <summary>A key in this process's memory.</summary>
/// <param name="key">Wiped with this object.</param>
internal sealed class InMemoryWalletKey(SigningKey key) : IWalletKey
{
    public PublicKey PublicKey => key.PublicKey;

    public SigningKey? InMemory => key;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => key.Sign(message, signature);

    public void Dispose() => key.Dispose();
}
