using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Cluster.Solana;

/// <summary>
/// Packs as many payouts as one transaction holds, by its 1,232 bytes and its compute units: 19 where token accounts
/// exist, 9 where they are made, 20 in SOL. The payouts stay in order, so a batch is a contiguous range.
/// </summary>
public static class BatchPacker
{
    private const int LimitDataLength = sizeof(uint);

    /// <summary>Packs payouts in tokens, from the first on.</summary>
    /// <param name="terms">What the batches of a campaign lane have in common.</param>
    /// <param name="payouts">At least one; what does not fit is left for the next transaction.</param>
    /// <param name="blockhash">A recent block, which bounds how long the transaction can land.</param>
    /// <param name="destination">Takes the transaction, its signatures still zero; should have <see cref="Transaction.MaxSize"/> bytes.</param>
    /// <exception cref="ArgumentException">
    /// There are no payouts, the first alone exceeds the compute units allowed, or the destination is too short.
    /// </exception>
    [SkipLocalsInit]
    public static PackedBatch Pack(TokenPayoutTerms terms, ReadOnlySpan<TokenPayout> payouts, in Blockhash blockhash, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var builder = new TransactionBuilder(terms.FeePayer);
        var limitAt = Begin(terms, ref builder);
        var units = terms.Estimates.Base;
        var count = 0;
        foreach (ref readonly var payout in payouts)
        {
            var checkpoint = builder.Checkpoint();
            var more = Add(terms, payout, ref builder);
            if (!Accept(terms, more, ref units, ref builder, checkpoint)) break;
            count++;
        }

        return Finish(terms, count, units, limitAt, ref builder, blockhash, destination);
    }

    /// <summary>Packs payouts in SOL, from the first on.</summary>
    /// <param name="terms">What the batches of a campaign lane have in common.</param>
    /// <param name="payouts">At least one; what does not fit is left for the next transaction.</param>
    /// <param name="blockhash">A recent block, which bounds how long the transaction can land.</param>
    /// <param name="destination">Takes the transaction, its signatures still zero; should have <see cref="Transaction.MaxSize"/> bytes.</param>
    /// <exception cref="ArgumentException">
    /// There are no payouts, the first alone exceeds the compute units allowed, or the destination is too short.
    /// </exception>
    [SkipLocalsInit]
    public static PackedBatch Pack(SolPayoutTerms terms, ReadOnlySpan<SolPayout> payouts, in Blockhash blockhash, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var builder = new TransactionBuilder(terms.FeePayer);
        var limitAt = Begin(terms, ref builder);
        var units = terms.Estimates.Base;
        var count = 0;
        foreach (ref readonly var payout in payouts)
        {
            var checkpoint = builder.Checkpoint();
            SystemProgram.Transfer(ref builder, terms.Source, payout.Recipient, payout.Lamports);
            if (!Accept(terms, terms.Estimates.SystemTransfer, ref units, ref builder, checkpoint)) break;
            count++;
        }

        return Finish(terms, count, units, limitAt, ref builder, blockhash, destination);
    }

    /// <summary>Adds the compute budget; the limit is filled in by <see cref="Finish"/>, when it is known.</summary>
    private static int Begin(PayoutTerms terms, ref TransactionBuilder builder)
    {
        ComputeBudget.SetComputeUnitLimit(ref builder, 0);
        var limitAt = builder.LastDataOffset(LimitDataLength);
        if (terms.ComputeUnitPrice > 0) ComputeBudget.SetComputeUnitPrice(ref builder, terms.ComputeUnitPrice);
        return limitAt;
    }

    /// <summary>Adds a payout and says how many compute units it is reckoned to take.</summary>
    private static uint Add(TokenPayoutTerms terms, in TokenPayout payout, ref TransactionBuilder builder)
    {
        var isToken2022 = terms.TokenProgram == TokenProgram.Token2022Id;
        var units = terms.Estimates.Transfer(isToken2022);
        if (payout.CreateTokenAccount)
        {
            units += terms.Estimates.Create(isToken2022, payout.Bump);
            AssociatedTokenAccount.CreateIdempotent(
                ref builder, terms.FeePayer, payout.TokenAccount, payout.Owner, terms.Mint, terms.TokenProgram);
        }

        if (terms.ExpectedFee is { } fee)
        {
            Token2022Extensions.TransferCheckedWithFee(
                ref builder, terms.Source, terms.Mint, payout.TokenAccount, terms.Owner, payout.Amount, terms.Decimals, fee.FeeOf(payout.Amount));
        }
        else
        {
            TokenProgram.TransferChecked(
                ref builder, terms.TokenProgram, terms.Source, terms.Mint, payout.TokenAccount, terms.Owner, payout.Amount, terms.Decimals);
        }

        return units;
    }

    private static bool Accept(
        PayoutTerms terms, uint more, ref uint units, ref TransactionBuilder builder, in TransactionBuilder.State checkpoint)
    {
        if (builder.Fits && units + more <= terms.MaxComputeUnits)
        {
            units += more;
            return true;
        }

        builder.Rollback(checkpoint);
        return false;
    }

    private static PackedBatch Finish(
        PayoutTerms terms, int count, uint units, int limitAt, ref TransactionBuilder builder, in Blockhash blockhash, Span<byte> destination)
    {
        if (count == 0)
        {
            throw new ArgumentException(
                $"no payout was packed: there is none, or the first needs more than {terms.MaxComputeUnits} compute units", nameof(count));
        }

        units += terms.SpareComputeUnits;
        BinaryPrimitives.WriteUInt32LittleEndian(builder.DataAt(limitAt, LimitDataLength), units);
        return new PackedBatch(count, builder.Write(blockhash, destination), units);
    }
}
