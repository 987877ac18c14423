using System.Runtime.CompilerServices;

namespace Cluster.Solana;

/// <summary>The Associated Token Account program: one token account for each owner and mint, at a derived address.</summary>
public static class AssociatedTokenAccount
{
    private const byte CreateIdempotentInstruction = 1;

    /// <summary>The program's address.</summary>
    public static readonly PublicKey ProgramId = PublicKey.Parse("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

    /// <summary>Derives the address of an owner's token account; some 200,000 a second and core.</summary>
    /// <param name="owner">The wallet that owns the account; may itself be off the curve.</param>
    /// <param name="mint">The token.</param>
    /// <param name="tokenProgram">The program that owns the mint.</param>
    public static PublicKey Derive(in PublicKey owner, in PublicKey mint, in PublicKey tokenProgram) =>
        Derive(owner, mint, tokenProgram, out _);

    /// <summary>Derives the address of an owner's token account and the bump seed that it took.</summary>
    /// <param name="owner">The wallet that owns the account; may itself be off the curve.</param>
    /// <param name="mint">The token.</param>
    /// <param name="tokenProgram">The program that owns the mint.</param>
    /// <param name="bump">The bump seed; the lower, the more compute units creating the account takes.</param>
    [SkipLocalsInit]
    public static PublicKey Derive(in PublicKey owner, in PublicKey mint, in PublicKey tokenProgram, out byte bump)
    {
        Span<byte> seeds = stackalloc byte[3 * PublicKey.Size];
        WriteSeeds(owner, mint, tokenProgram, seeds);
        return ProgramAddress.Find(seeds, ProgramId, out bump);
    }

    /// <summary>Derives the address of an owner's token account again, by the bump seed that it took.</summary>
    /// <param name="owner">The wallet that owns the account.</param>
    /// <param name="mint">The token.</param>
    /// <param name="tokenProgram">The program that owns the mint.</param>
    /// <param name="bump">From <see cref="Derive(in PublicKey, in PublicKey, in PublicKey, out byte)"/>; not checked.</param>
    [SkipLocalsInit]
    public static PublicKey At(in PublicKey owner, in PublicKey mint, in PublicKey tokenProgram, byte bump)
    {
        Span<byte> seeds = stackalloc byte[3 * PublicKey.Size];
        WriteSeeds(owner, mint, tokenProgram, seeds);
        return ProgramAddress.At(seeds, ProgramId, bump);
    }

    /// <summary>Creates an owner's token account where it does not exist yet; fails where it is another owner's by now.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="payer">Pays the rent and signs.</param>
    /// <param name="tokenAccount">The derived address.</param>
    /// <param name="owner">The wallet that owns the account.</param>
    /// <param name="mint">The token.</param>
    /// <param name="tokenProgram">The program that owns the mint.</param>
    public static void CreateIdempotent(
        ref TransactionBuilder builder, in PublicKey payer, in PublicKey tokenAccount, in PublicKey owner, in PublicKey mint, in PublicKey tokenProgram) =>
        builder.Add(
            ProgramId,
            [
                AccountMeta.WritableSigner(payer),
                AccountMeta.Writable(tokenAccount),
                AccountMeta.Readonly(owner),
                AccountMeta.Readonly(mint),
                AccountMeta.Readonly(SystemProgram.ProgramId),
                AccountMeta.Readonly(tokenProgram),
            ],
            [CreateIdempotentInstruction]);

    private static void WriteSeeds(in PublicKey owner, in PublicKey mint, in PublicKey tokenProgram, Span<byte> seeds)
    {
        owner.CopyTo(seeds);
        tokenProgram.CopyTo(seeds[PublicKey.Size..]);
        mint.CopyTo(seeds[(2 * PublicKey.Size)..]);
    }
}
