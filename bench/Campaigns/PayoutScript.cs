using Cluster.Solana;

namespace Cluster.Bench.Campaigns;

/// <summary>What a script signs: one base unit of a mint to each recipient, without any books.</summary>
/// <param name="key">Pays, and signs.</param>
/// <param name="mint">Of the SPL Token program, with six decimals.</param>
/// <param name="create">Whether the recipients' token accounts are made on the way.</param>
internal sealed class PayoutScript(SigningKey key, PublicKey mint, bool create)
{
    private static readonly PublicKey Program = TokenProgram.SplTokenId;

    private readonly TokenPayoutTerms _terms = new()
    {
        FeePayer = key.PublicKey,
        Owner = key.PublicKey,
        Source = AssociatedTokenAccount.Derive(key.PublicKey, mint, Program),
        Mint = mint,
        Decimals = 6,
        TokenProgram = Program,
    };

    /// <summary>Signs as many transactions as the recipients need.</summary>
    /// <param name="recipients">Everybody.</param>
    /// <param name="recent">What the transactions name.</param>
    public List<SignedTransaction> Sign(PublicKey[] recipients, RecentBlockhash recent)
    {
        var payouts = Array.ConvertAll(
            recipients,
            owner => new TokenPayout(owner, AssociatedTokenAccount.Derive(owner, mint, Program, out var bump), 1, create, bump));
        var transactions = new List<SignedTransaction>();
        var buffer = new byte[Transaction.MaxSize];
        for (var next = 0; next < payouts.Length;)
        {
            var batch = BatchPacker.Pack(_terms, payouts.AsSpan(next), recent.Blockhash, buffer);
            var signature = Transaction.Sign(buffer.AsSpan(0, batch.Size), key);
            transactions.Add(new(signature, buffer.AsSpan(0, batch.Size).ToArray(), recent.LastValidBlockHeight));
            next += batch.Count;
        }

        return transactions;
    }
}
