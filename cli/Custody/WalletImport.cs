using System.Security.Cryptography;
using Cluster.Cli.Connection;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Cli.Custody;

/// <summary>Gives a private key to a wallet's signer. It leaves this process only sealed.</summary>
internal static class WalletImport
{
    /// <summary>Imports a key.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="request">The wallet, all but its secret and address.</param>
    /// <param name="key">The key; stays the caller's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Wallet> Run(ClusterClient client, ImportWalletRequest request, SigningKey key, CancellationToken cancellationToken)
    {
        var offer = await client.Call<PrepareImportReply>(new PrepareImportRequest { WalletId = request.WalletId }, cancellationToken);
        var seed = GC.AllocateArray<byte>(SigningKey.SeedSize, pinned: true);
        try
        {
            key.CopySeedTo(seed);
            request.SealedSecret = ByteString.CopyFrom(
                SealedBox.Seal(offer.PublicKey.Span, SealingPurpose.Import(request.WalletId), seed));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }

        request.Address = key.PublicKey.ToString();
        return await client.Call<Wallet>(request, cancellationToken);
    }

    /// <summary>The key that a text holds.</summary>
    /// <param name="text">Base58, base64 or a JSON array.</param>
    /// <exception cref="CommandException">It is none, its halves do not belong together, or all of it is zero.</exception>
    public static SigningKey Key(string text)
    {
        byte[] bytes = [];
        try
        {
            bytes = SecretKeyText.Parse(text);
            if (!bytes.AsSpan(0, SigningKey.SeedSize).ContainsAnyExcept((byte)0))
            {
                throw new CommandException("the key is all zeros: everybody knows it", ExitCode.Input);
            }

            return bytes.Length == SigningKey.SeedSize ? SigningKey.FromSeed(bytes) : SigningKey.FromSecretKeyBytes(bytes);
        }
        catch (FormatException error)
        {
            throw new CommandException(error.Message, ExitCode.Input);
        }
        catch (ArgumentException)
        {
            throw new CommandException(
                "the public half of the secret key does not belong to its seed: it is damaged, or made of two keys", ExitCode.Input);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
