using System.Buffers.Binary;

namespace Cluster.Solana;

/// <summary>
/// Instructions that only Token-2022 has. Those that give a mint an extension come after the account is created and
/// before <see cref="TokenProgram.InitializeMint2"/>.
/// </summary>
public static class Token2022Extensions
{
    private const byte TransferFeeInstruction = 26;
    private const byte DefaultAccountStateInstruction = 28;
    private const byte NonTransferableInstruction = 32;
    private const byte PermanentDelegateInstruction = 35;
    private const byte TransferHookInstruction = 36;
    private const byte Initialize = 0;
    private const byte TransferCheckedWithFeeInstruction = 1;
    private const byte HarvestWithheldTokensToMintInstruction = 4;

    /// <summary>Moves tokens, if the fee that the mint takes is the one the sender expects.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="source">The token account that pays.</param>
    /// <param name="mint">The token.</param>
    /// <param name="destination">The token account that is paid; the fee is withheld there.</param>
    /// <param name="authority">The owner or delegate of the source.</param>
    /// <param name="amount">How much, in base units, before the fee.</param>
    /// <param name="decimals">The mint's decimals.</param>
    /// <param name="fee">The fee in base units as <see cref="TransferFee.FeeOf"/> has it.</param>
    /// <param name="signers">Those who sign where the authority is a multisig account, at most 11.</param>
    public static void TransferCheckedWithFee(
        ref TransactionBuilder builder, in PublicKey source, in PublicKey mint, in PublicKey destination, in PublicKey authority,
        ulong amount, byte decimals, ulong fee, scoped ReadOnlySpan<PublicKey> signers = default)
    {
        Span<byte> data = stackalloc byte[19];
        data[0] = TransferFeeInstruction;
        data[1] = TransferCheckedWithFeeInstruction;
        BinaryPrimitives.WriteUInt64LittleEndian(data[2..], amount);
        data[10] = decimals;
        BinaryPrimitives.WriteUInt64LittleEndian(data[11..], fee);
        TokenProgram.Invoke(
            ref builder, TokenProgram.Token2022Id,
            [AccountMeta.Writable(source), AccountMeta.Readonly(mint), AccountMeta.Writable(destination)],
            authority, signers, data);
    }

    /// <summary>Moves fees withheld in a token account to its mint, without which the account cannot be closed. Anybody may.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="mint">The token.</param>
    /// <param name="account">The token account whose withheld fees go.</param>
    public static void HarvestWithheldTokensToMint(ref TransactionBuilder builder, in PublicKey mint, in PublicKey account) =>
        builder.Add(
            TokenProgram.Token2022Id,
            [AccountMeta.Writable(mint), AccountMeta.Writable(account)],
            [TransferFeeInstruction, HarvestWithheldTokensToMintInstruction]);

    /// <summary>Gives a new mint a fee on transfers.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="mint">The new mint.</param>
    /// <param name="configAuthority">Who may change the fee, if anyone.</param>
    /// <param name="withdrawAuthority">Who may withdraw what was withheld, if anyone.</param>
    /// <param name="basisPoints">The fee in hundredths of a percent, at most 10,000.</param>
    /// <param name="maximumFee">The most a transfer is charged, in base units.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fee exceeds 100 percent.</exception>
    public static void InitializeTransferFeeConfig(
        ref TransactionBuilder builder, in PublicKey mint, PublicKey? configAuthority, PublicKey? withdrawAuthority,
        ushort basisPoints, ulong maximumFee)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(basisPoints, TransferFee.MaxBasisPoints);
        Span<byte> data = stackalloc byte[2 + 2 * (1 + PublicKey.Size) + 2 + 8];
        data[0] = TransferFeeInstruction;
        data[1] = Initialize;
        var size = 2;
        size += TokenProgram.WriteOptional(data[size..], configAuthority);
        size += TokenProgram.WriteOptional(data[size..], withdrawAuthority);
        BinaryPrimitives.WriteUInt16LittleEndian(data[size..], basisPoints);
        BinaryPrimitives.WriteUInt64LittleEndian(data[(size + 2)..], maximumFee);
        AddToMint(ref builder, mint, data[..(size + 10)]);
    }

    /// <summary>Gives a new mint the state that its token accounts start with.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="mint">The new mint.</param>
    /// <param name="state">Initialized or frozen.</param>
    public static void InitializeDefaultAccountState(ref TransactionBuilder builder, in PublicKey mint, TokenAccountState state) =>
        AddToMint(ref builder, mint, [DefaultAccountStateInstruction, Initialize, (byte)state]);

    /// <summary>Forbids transfers of a new mint's tokens.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="mint">The new mint.</param>
    public static void InitializeNonTransferableMint(ref TransactionBuilder builder, in PublicKey mint) =>
        AddToMint(ref builder, mint, [NonTransferableInstruction]);

    /// <summary>Gives a new mint a delegate over all its token accounts.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="mint">The new mint.</param>
    /// <param name="permanentDelegate">May move and burn everybody's tokens.</param>
    public static void InitializePermanentDelegate(ref TransactionBuilder builder, in PublicKey mint, in PublicKey permanentDelegate)
    {
        Span<byte> data = stackalloc byte[1 + PublicKey.Size];
        data[0] = PermanentDelegateInstruction;
        permanentDelegate.CopyTo(data[1..]);
        AddToMint(ref builder, mint, data);
    }

    /// <summary>Gives a new mint a program that every transfer calls.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="mint">The new mint.</param>
    /// <param name="authority">Who may change the program; nobody if null.</param>
    /// <param name="program">The program; none for now if null.</param>
    public static void InitializeTransferHook(ref TransactionBuilder builder, in PublicKey mint, PublicKey? authority, PublicKey? program)
    {
        Span<byte> data = stackalloc byte[2 + 2 * PublicKey.Size];
        data[0] = TransferHookInstruction;
        data[1] = Initialize;

        // Unlike elsewhere, nobody is 32 zeros here.
        authority.GetValueOrDefault().CopyTo(data[2..]);
        program.GetValueOrDefault().CopyTo(data[(2 + PublicKey.Size)..]);
        AddToMint(ref builder, mint, data);
    }

    private static void AddToMint(ref TransactionBuilder builder, in PublicKey mint, scoped ReadOnlySpan<byte> data) =>
        builder.Add(TokenProgram.Token2022Id, [AccountMeta.Writable(mint)], data);
}
