using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>Reads what a request to import says beside the secret.</summary>
internal static class ImportOrder
{
    /// <summary>The path at which the key was derived; null where the request names none.</summary>
    /// <param name="request">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is none.</exception>
    public static string? Path(ImportWalletRequest request)
    {
        if (request.DerivationPath.Length == 0)
        {
            return null;
        }

        try
        {
            return Slip10.Format(DerivationPath.Parse(request.DerivationPath));
        }
        catch (FormatException error)
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"derivation_path is none: {error.Message}.");
        }
    }

    /// <summary>The sealed key that the signer answered with.</summary>
    /// <param name="walletId">Whose.</param>
    /// <param name="reply">The signer's.</param>
    public static SealedKey Key(string walletId, SealImportReply reply) => new(
        walletId,
        reply.KeyVersion,
        PublicKey.FromBytes(reply.PublicKey.Span),
        reply.Ciphertext.ToByteArray(),
        reply.WrappedDataKey.ToByteArray(),
        reply.KeyEncryptionKeyId);

    /// <summary>Refuses a key that is not the one of the address that the caller expects.</summary>
    /// <param name="request">From the caller.</param>
    /// <param name="address">The key's.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is another one.</exception>
    public static void RequireAddress(ImportWalletRequest request, in PublicKey address)
    {
        if (request.Address.Length > 0 && PaymentOrder.Address(request.Address, "address") != address)
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"address is {request.Address}, but the key is that of {address}.");
        }
    }
}
