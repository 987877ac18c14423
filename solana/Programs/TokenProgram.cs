using System.Buffers.Binary;

namespace Cluster.Solana;

/// <summary>
/// Instructions that the SPL Token and Token-2022 programs share. Each names the program, the owner of the mint's
/// account. Where an authority is a multisig account, its signers are given and sign in its stead.
/// </summary>
public static class TokenProgram
{
    /// <summary>The most signers of a multisig account.</summary>
    public const int MaxMultisigSigners = 11;

    /// <summary>Bytes of a multisig account.</summary>
    public const int MultisigSize = 355;

    private const byte MintToInstruction = 7;
    private const byte CloseAccountInstruction = 9;
    private const byte FreezeAccountInstruction = 10;
    private const byte ThawAccountInstruction = 11;
    private const byte TransferCheckedInstruction = 12;
    private const byte InitializeAccount3Instruction = 18;
    private const byte InitializeMultisig2Instruction = 19;
    private const byte InitializeMint2Instruction = 20;

    /// <summary>SPL Token.</summary>
    public static readonly PublicKey SplTokenId = PublicKey.Parse("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");

    /// <summary>Token-2022, also known as Token Extensions.</summary>
    public static readonly PublicKey Token2022Id = PublicKey.Parse("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

    /// <summary>Whether this is one of the two programs.</summary>
    public static bool IsTokenProgram(in PublicKey program) => program == SplTokenId || program == Token2022Id;

    /// <summary>Moves tokens, if the mint has as many decimals as the sender believes.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="source">The token account that pays.</param>
    /// <param name="mint">The token.</param>
    /// <param name="destination">The token account that is paid; a transfer fee, if any, is withheld there.</param>
    /// <param name="authority">The owner or delegate of the source.</param>
    /// <param name="amount">How much, in base units, before the fee.</param>
    /// <param name="decimals">The mint's decimals.</param>
    /// <param name="signers">Those who sign where the authority is a multisig account, at most 11.</param>
    public static void TransferChecked(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey source, in PublicKey mint, in PublicKey destination,
        in PublicKey authority, ulong amount, byte decimals, scoped ReadOnlySpan<PublicKey> signers = default)
    {
        Span<byte> data = stackalloc byte[10];
        data[0] = TransferCheckedInstruction;
        BinaryPrimitives.WriteUInt64LittleEndian(data[1..], amount);
        data[9] = decimals;
        Invoke(
            ref builder, program,
            [AccountMeta.Writable(source), AccountMeta.Readonly(mint), AccountMeta.Writable(destination)],
            authority, signers, data);
    }

    /// <summary>Makes a mint of an account that the program already owns.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="mint">The new mint; extensions are initialized before this.</param>
    /// <param name="decimals">How many digits after the point a token has.</param>
    /// <param name="mintAuthority">Who may mint.</param>
    /// <param name="freezeAuthority">Who may freeze accounts, if anyone.</param>
    public static void InitializeMint2(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey mint, byte decimals, in PublicKey mintAuthority, PublicKey? freezeAuthority = null)
    {
        Span<byte> data = stackalloc byte[2 + PublicKey.Size + 1 + PublicKey.Size];
        data[0] = InitializeMint2Instruction;
        data[1] = decimals;
        mintAuthority.CopyTo(data[2..]);
        var size = 34 + WriteOptional(data[34..], freezeAuthority);
        builder.Add(program, [AccountMeta.Writable(mint)], data[..size]);
    }

    /// <summary>Makes a token account of an account that the program already owns.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="account">The new token account.</param>
    /// <param name="mint">The token.</param>
    /// <param name="owner">Who may spend.</param>
    public static void InitializeAccount3(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey account, in PublicKey mint, in PublicKey owner)
    {
        Span<byte> data = stackalloc byte[1 + PublicKey.Size];
        data[0] = InitializeAccount3Instruction;
        owner.CopyTo(data[1..]);
        builder.Add(program, [AccountMeta.Writable(account), AccountMeta.Readonly(mint)], data);
    }

    /// <summary>Makes a multisig account of an account that the program already owns.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="multisig">The new multisig account.</param>
    /// <param name="required">How many of the signers must sign.</param>
    /// <param name="signers">Those who may sign, 1 to 11.</param>
    /// <exception cref="ArgumentException">There are too few or too many signers.</exception>
    public static void InitializeMultisig2(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey multisig, byte required, scoped ReadOnlySpan<PublicKey> signers)
    {
        if (signers.Length is 0 or > MaxMultisigSigners || required == 0 || required > signers.Length)
        {
            throw new ArgumentException($"{required} of {signers.Length} signers: there must be 1 to {MaxMultisigSigners}, and so many required", nameof(signers));
        }

        Span<AccountMeta> accounts = stackalloc AccountMeta[1 + MaxMultisigSigners];
        accounts[0] = AccountMeta.Writable(multisig);
        for (var i = 0; i < signers.Length; i++) accounts[i + 1] = AccountMeta.Readonly(signers[i]);
        builder.Add(program, accounts[..(signers.Length + 1)], [InitializeMultisig2Instruction, required]);
    }

    /// <summary>Mints tokens.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="mint">The token.</param>
    /// <param name="destination">The token account that gets them.</param>
    /// <param name="authority">The mint authority.</param>
    /// <param name="amount">How much, in base units.</param>
    /// <param name="signers">Those who sign where the authority is a multisig account, at most 11.</param>
    public static void MintTo(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey mint, in PublicKey destination, in PublicKey authority,
        ulong amount, scoped ReadOnlySpan<PublicKey> signers = default)
    {
        Span<byte> data = stackalloc byte[9];
        data[0] = MintToInstruction;
        BinaryPrimitives.WriteUInt64LittleEndian(data[1..], amount);
        Invoke(ref builder, program, [AccountMeta.Writable(mint), AccountMeta.Writable(destination)], authority, signers, data);
    }

    /// <summary>Closes an empty token account.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="account">The token account.</param>
    /// <param name="destination">Gets its lamports.</param>
    /// <param name="authority">The account's owner or close authority.</param>
    /// <param name="signers">Those who sign where the authority is a multisig account, at most 11.</param>
    public static void CloseAccount(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey account, in PublicKey destination, in PublicKey authority,
        scoped ReadOnlySpan<PublicKey> signers = default) =>
        Invoke(
            ref builder, program, [AccountMeta.Writable(account), AccountMeta.Writable(destination)],
            authority, signers, [CloseAccountInstruction]);

    /// <summary>Freezes a token account: nothing goes in or out of it.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="account">The token account.</param>
    /// <param name="mint">The token.</param>
    /// <param name="authority">The mint's freeze authority.</param>
    /// <param name="signers">Those who sign where the authority is a multisig account, at most 11.</param>
    public static void FreezeAccount(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey account, in PublicKey mint, in PublicKey authority,
        scoped ReadOnlySpan<PublicKey> signers = default) =>
        Invoke(
            ref builder, program, [AccountMeta.Writable(account), AccountMeta.Readonly(mint)],
            authority, signers, [FreezeAccountInstruction]);

    /// <summary>Thaws a frozen token account.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="program">The token program.</param>
    /// <param name="account">The token account.</param>
    /// <param name="mint">The token.</param>
    /// <param name="authority">The mint's freeze authority.</param>
    /// <param name="signers">Those who sign where the authority is a multisig account, at most 11.</param>
    public static void ThawAccount(
        ref TransactionBuilder builder, in PublicKey program, in PublicKey account, in PublicKey mint, in PublicKey authority,
        scoped ReadOnlySpan<PublicKey> signers = default) =>
        Invoke(
            ref builder, program, [AccountMeta.Writable(account), AccountMeta.Readonly(mint)],
            authority, signers, [ThawAccountInstruction]);

    /// <summary>Adds an instruction whose authority, or the multisig's signers in its stead, sign.</summary>
    internal static void Invoke(
        ref TransactionBuilder builder, in PublicKey program, scoped ReadOnlySpan<AccountMeta> accounts, in PublicKey authority,
        scoped ReadOnlySpan<PublicKey> signers, scoped ReadOnlySpan<byte> data)
    {
        const int mostAccounts = 3;
        if (signers.Length > MaxMultisigSigners)
        {
            throw new ArgumentException($"a multisig account has at most {MaxMultisigSigners} signers, not {signers.Length}", nameof(signers));
        }

        Span<AccountMeta> all = stackalloc AccountMeta[mostAccounts + 1 + MaxMultisigSigners];
        accounts.CopyTo(all);
        var count = accounts.Length;
        all[count++] = signers.IsEmpty ? AccountMeta.ReadonlySigner(authority) : AccountMeta.Readonly(authority);
        foreach (ref readonly var signer in signers) all[count++] = AccountMeta.ReadonlySigner(signer);
        builder.Add(program, all[..count], data);
    }

    /// <summary>Writes an optional key as instructions have it: one byte, and the key where there is one.</summary>
    internal static int WriteOptional(Span<byte> destination, PublicKey? key)
    {
        destination[0] = key is null ? (byte)0 : (byte)1;
        if (key is not { } present) return 1;
        present.CopyTo(destination[1..]);
        return 1 + PublicKey.Size;
    }
}
