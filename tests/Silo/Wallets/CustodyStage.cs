using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Imports as a client makes them.</summary>
internal static class CustodyStage
{
    /// <summary>Asks for the signer's key, seals the secret to it, and imports.</summary>
    public static async Task<Wallet> Import(this WalletSilo silo, string walletId, byte[] secret, string address = "", string parent = "", string path = "")
    {
        var sealedSecret = await silo.Seal(walletId, secret);
        return await silo.Import(walletId, sealedSecret, address, parent, path);
    }

    public static Task<Wallet> Import(
        this WalletSilo silo, string walletId, ByteString sealedSecret, string address = "", string parent = "", string path = "") =>
        silo.Call<Wallet>(new ImportWalletRequest
        {
            RequestId = $"import-{walletId}",
            WalletId = walletId,
            Kind = WalletKind.Imported,
            SealedSecret = sealedSecret,
            Address = address,
            ParentWalletId = parent,
            DerivationPath = path,
        });

    public static async Task<ByteString> Seal(this WalletSilo silo, string walletId, byte[] secret, string? sealedFor = null)
    {
        var offer = await silo.Call<PrepareImportReply>(new PrepareImportRequest { WalletId = walletId });
        return ByteString.CopyFrom(SealedBox.Seal(offer.PublicKey.Span, SealingPurpose.Import(sealedFor ?? walletId), secret));
    }

    /// <summary>The secret key, as 64 bytes.</summary>
    public static async Task<byte[]> Export(this WalletSilo silo, string walletId)
    {
        using var recipient = SealingKey.Generate();
        var reply = await silo.Call<ExportKeyReply>(new ExportKeyRequest
        {
            RequestId = $"export-{walletId}",
            WalletId = walletId,
            RecipientPublicKey = ByteString.CopyFrom(recipient.PublicKey.Span),
        });
        var secret = new byte[SigningKey.SecretKeySize];
        recipient.Open(reply.SealedSecret.Span, SealingPurpose.Export(walletId), secret);
        return secret;
    }

    public static byte[] SecretKey(this SigningKey key)
    {
        var secret = new byte[SigningKey.SecretKeySize];
        key.CopySeedTo(secret);
        key.PublicKey.CopyTo(secret.AsSpan(SigningKey.SeedSize));
        return secret;
    }

    public static async Task<ClusterException> Refusal<T>(Func<Task<T>> call, StatusCode status)
    {
        var error = await Assert.ThrowsAsync<ClusterException>(call);
        Assert.Equal((status, error.Message), (error.Status, error.Message));
        return error;
    }
}
