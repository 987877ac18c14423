using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>A payment that is signed elsewhere: what goes out, and whether what comes back is the same.</summary>
internal static class ColdPayment
{
    /// <summary>Blocks for which a blockhash is good.</summary>
    private const ulong BlockhashLife = 150;

    public static PreparedPayment Message(TransferRecord payment) => new()
    {
        PaymentId = payment.TransferId.ToString(),
        WalletId = payment.WalletId,
        Destination = payment.Destination.ToString(),
        Mint = payment.Mint?.ToString() ?? "",
        Amount = payment.Amount,
        Memo = payment.Memo,
        FeeLamports = payment.FeeLamports,
        RentLamports = payment.RentLamports,
        Transaction = ByteString.CopyFrom(payment.Transaction.Span),
        LastValidBlockHeight = payment.LastValidBlockHeight,
        CreateTime = payment.CreatedAt.ToTimestamp(),
    };

    /// <summary>The payment with its signature.</summary>
    /// <param name="prepared">What was given out.</param>
    /// <param name="wallet">Must have signed, alone.</param>
    /// <param name="returned">What came back; not trusted.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is another transaction, or not signed.</exception>
    public static TransferRecord Signed(TransferRecord prepared, in PublicKey wallet, ReadOnlySpan<byte> returned)
    {
        var expected = prepared.Transaction.Span;
        var message = Transaction.Message(prepared.Transaction.ToArray());
        if (returned.Length != expected.Length || !returned[^message.Length..].SequenceEqual(message))
        {
            throw Invalid(prepared, "is not the transaction that was prepared: something in it was changed");
        }

        var bytes = returned.ToArray();
        var signature = Signature.FromBytes(bytes.AsSpan(bytes.Length - message.Length - Signature.Size, Signature.Size));
        if (bytes[0] != expected[0] || !Ed25519.Verify(wallet, message, signature.AsSpan()))
        {
            throw Invalid(prepared, $"does not have the signature of {wallet} for its message");
        }

        return prepared with { Transaction = bytes, Signature = signature };
    }

    /// <summary>Refuses a payment that can no longer land: it was never sent from here, so it may be prepared anew.</summary>
    /// <param name="prepared">What was given out.</param>
    /// <param name="latest">Last valid block height of the latest blockhash.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: too late.</exception>
    public static void RequireInTime(TransferRecord prepared, ulong latest)
    {
        if (prepared.LastValidBlockHeight + BlockhashLife < latest)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"payment {prepared.TransferId} could land until block {prepared.LastValidBlockHeight:N0}, which has passed; prepare it anew.");
        }
    }

    private static ClusterException Invalid(TransferRecord prepared, string why) =>
        new(StatusCode.InvalidArgument, $"transaction of payment {prepared.TransferId} {why}.");
}
