using Cluster.Solana;

namespace Cluster.Tests.Solana.Sending;

/// <summary>Signed transfers that no ledger knows.</summary>
internal static class SampleTransactions
{
    public static SignedTransaction One(ulong lastValidBlockHeight = 1000) => Many(1, lastValidBlockHeight)[0];

    public static IReadOnlyList<SignedTransaction> Many(int count, ulong lastValidBlockHeight = 1000)
    {
        using var key = SigningKey.Generate();
        var blockhash = Blockhash.FromBytes(key.PublicKey.AsSpan());
        return [.. Enumerable.Range(1, count).Select(number => Transfer(key, key.PublicKey, (ulong)number, blockhash, lastValidBlockHeight))];
    }

    public static SignedTransaction Transfer(
        SigningKey from, PublicKey to, ulong lamports, Blockhash blockhash, ulong lastValidBlockHeight)
    {
        var builder = new TransactionBuilder(from.PublicKey);
        SystemProgram.Transfer(ref builder, from.PublicKey, to, lamports);
        var bytes = new byte[builder.Size];
        builder.Write(blockhash, bytes);
        var signature = Transaction.Sign(bytes, from);
        return new SignedTransaction(signature, bytes, lastValidBlockHeight);
    }
}
