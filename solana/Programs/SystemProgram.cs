using System.Buffers.Binary;

namespace Cluster.Solana;

/// <summary>The System program: owns wallets, moves lamports, makes accounts.</summary>
public static class SystemProgram
{
    private const uint CreateAccountInstruction = 0;
    private const uint TransferInstruction = 2;

    /// <summary>The program's address, 32 zeros.</summary>
    public static readonly PublicKey ProgramId;

    /// <summary>Moves lamports out of a wallet.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="from">Pays and signs.</param>
    /// <param name="to">Is paid; becomes a wallet if it does not exist.</param>
    /// <param name="lamports">How much.</param>
    public static void Transfer(ref TransactionBuilder builder, in PublicKey from, in PublicKey to, ulong lamports)
    {
        Span<byte> data = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(data, TransferInstruction);
        BinaryPrimitives.WriteUInt64LittleEndian(data[4..], lamports);
        builder.Add(ProgramId, [AccountMeta.WritableSigner(from), AccountMeta.Writable(to)], data);
    }

    /// <summary>Makes an account that a program owns.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="payer">Pays the account's balance and signs.</param>
    /// <param name="account">The new account; its key signs too.</param>
    /// <param name="lamports">The account's balance, at least <see cref="Rent.MinimumBalance"/>.</param>
    /// <param name="space">Bytes of data.</param>
    /// <param name="owner">The program that owns the account.</param>
    public static void CreateAccount(
        ref TransactionBuilder builder, in PublicKey payer, in PublicKey account, ulong lamports, ulong space, in PublicKey owner)
    {
        Span<byte> data = stackalloc byte[4 + 8 + 8 + PublicKey.Size];
        BinaryPrimitives.WriteUInt32LittleEndian(data, CreateAccountInstruction);
        BinaryPrimitives.WriteUInt64LittleEndian(data[4..], lamports);
        BinaryPrimitives.WriteUInt64LittleEndian(data[12..], space);
        owner.CopyTo(data[20..]);
        builder.Add(ProgramId, [AccountMeta.WritableSigner(payer), AccountMeta.WritableSigner(account)], data);
    }
}
