using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Has a wallet's transaction signed by its signer grain.</summary>
internal static class SignedPayment
{
    /// <summary>Signs a transaction and completes its row.</summary>
    /// <param name="transfer">The row, but for signature and bytes.</param>
    /// <param name="wallet">Signs, alone.</param>
    /// <param name="transaction">Zeros in place of the signature; filled in.</param>
    /// <param name="grains">Reaches the signer.</param>
    /// <param name="call">The call that pays.</param>
    public static async Task<TransferRecord> Sign(
        TransferRecord transfer, PublicKey wallet, byte[] transaction, IGrains grains, Call call)
    {
        var request = new SignMessagesRequest { WalletId = transfer.WalletId };
        request.Messages.Add(ByteString.CopyFrom(Transaction.Message(transaction)));
        var reply = await grains.Call<SignMessagesReply>(request, call with { Idempotency = null });
        var signature = Signature.FromBytes(reply.Signatures[0].Span);
        Transaction.SetSignature(transaction, wallet, signature);
        return transfer with { Signature = signature, Transaction = transaction };
    }
}
