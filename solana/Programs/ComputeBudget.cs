using System.Buffers.Binary;

namespace Cluster.Solana;

/// <summary>The Compute Budget program: how much a transaction may compute, and what it offers for each unit.</summary>
public static class ComputeBudget
{
    /// <summary>The most compute units a transaction can ask for.</summary>
    public const uint MaxComputeUnits = 1_400_000;

    /// <summary>Compute unit prices are in microlamports, millionths of a lamport.</summary>
    public const ulong MicrolamportsPerLamport = 1_000_000;

    private const byte SetComputeUnitLimitInstruction = 2;
    private const byte SetComputeUnitPriceInstruction = 3;
    private const byte SetLoadedAccountsDataSizeLimitInstruction = 4;

    /// <summary>The program's address.</summary>
    public static readonly PublicKey ProgramId = PublicKey.Parse("ComputeBudget111111111111111111111111111111");

    /// <summary>Bounds the compute units of the transaction.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="units">At most <see cref="MaxComputeUnits"/>; the priority fee is paid for all of them, used or not.</param>
    public static void SetComputeUnitLimit(ref TransactionBuilder builder, uint units)
    {
        Span<byte> data = stackalloc byte[5];
        data[0] = SetComputeUnitLimitInstruction;
        BinaryPrimitives.WriteUInt32LittleEndian(data[1..], units);
        builder.Add(ProgramId, [], data);
    }

    /// <summary>Offers a priority fee.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="microlamports">The price of one compute unit in microlamports.</param>
    public static void SetComputeUnitPrice(ref TransactionBuilder builder, ulong microlamports)
    {
        Span<byte> data = stackalloc byte[9];
        data[0] = SetComputeUnitPriceInstruction;
        BinaryPrimitives.WriteUInt64LittleEndian(data[1..], microlamports);
        builder.Add(ProgramId, [], data);
    }

    /// <summary>Bounds the data of all accounts that the transaction loads; less is scheduled more readily.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="bytes">Bytes of all accounts and programs together.</param>
    public static void SetLoadedAccountsDataSizeLimit(ref TransactionBuilder builder, uint bytes)
    {
        Span<byte> data = stackalloc byte[5];
        data[0] = SetLoadedAccountsDataSizeLimitInstruction;
        BinaryPrimitives.WriteUInt32LittleEndian(data[1..], bytes);
        builder.Add(ProgramId, [], data);
    }

    /// <summary>What a transaction pays above its base fee, rounded up to whole lamports.</summary>
    /// <param name="units">The compute unit limit that the transaction asks for.</param>
    /// <param name="microlamports">The price of one compute unit in microlamports.</param>
    /// <exception cref="OverflowException">The fee exceeds 2⁶⁴ − 1 lamports.</exception>
    public static ulong PriorityFee(uint units, ulong microlamports) =>
        checked((ulong)(((UInt128)units * microlamports + (MicrolamportsPerLamport - 1)) / MicrolamportsPerLamport));
}
