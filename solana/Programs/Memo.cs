using System.Text;

namespace Cluster.Solana;

/// <summary>The Memo program, version 2: text in the transaction's log.</summary>
public static class Memo
{
    private const int MaxSigners = 11;

    /// <summary>The program's address.</summary>
    public static readonly PublicKey ProgramId = PublicKey.Parse("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

    /// <summary>Adds a memo.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="text">The memo; in UTF-8 it must fit the transaction with all else.</param>
    /// <param name="signers">Accounts that sign for the memo; may be none, at most 11.</param>
    /// <exception cref="ArgumentException">The text alone exceeds a transaction, or there are too many signers.</exception>
    public static void Add(ref TransactionBuilder builder, scoped ReadOnlySpan<char> text, scoped ReadOnlySpan<PublicKey> signers = default)
    {
        Span<byte> data = stackalloc byte[Transaction.MaxSize];
        if (!Encoding.UTF8.TryGetBytes(text, data, out var length))
        {
            throw new ArgumentException($"a memo of {text.Length} characters does not fit a transaction of {Transaction.MaxSize} bytes", nameof(text));
        }

        if (signers.Length > MaxSigners) throw new ArgumentException($"a memo has at most {MaxSigners} signers, not {signers.Length}", nameof(signers));

        Span<AccountMeta> accounts = stackalloc AccountMeta[MaxSigners];
        for (var i = 0; i < signers.Length; i++) accounts[i] = AccountMeta.ReadonlySigner(signers[i]);
        builder.Add(ProgramId, accounts[..signers.Length], data[..length]);
    }
}
