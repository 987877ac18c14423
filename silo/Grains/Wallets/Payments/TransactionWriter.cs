using Cluster.Silo.Grains.Assets;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Payments;

/// <summary>Writes wallets' transactions, to be signed.</summary>
internal static class TransactionWriter
{
    /// <summary>A payment.</summary>
    /// <param name="plan">What is paid.</param>
    public static byte[] Write(PaymentPlan plan)
    {
        var (wallet, order) = (plan.Wallet, plan.Order);
        var builder = Begin(wallet, plan.ComputeUnits, plan.Facts.Terms.ComputeUnitPrice);
        if (plan.Facts.Token is { TargetIsMissing: true } missing)
        {
            AssociatedTokenAccount.CreateIdempotent(
                ref builder, wallet, missing.Target, order.Destination, missing.Mint.Address, missing.Mint.Program);
        }

        // Accounts that demand a memo want it right before the transfer.
        if (order.Memo.Length > 0)
        {
            Memo.Add(ref builder, order.Memo);
        }

        if (plan.Facts.Token is { } token)
        {
            TransferTokens(ref builder, token.Mint, token.Source, token.Target, wallet, order.Amount);
        }
        else
        {
            SystemProgram.Transfer(ref builder, wallet, order.Destination, order.Amount);
        }

        return Finish(ref builder, plan.Facts.Terms.Blockhash);
    }

    /// <summary>Begins a transaction that a wallet pays for.</summary>
    /// <param name="wallet">Pays.</param>
    /// <param name="computeUnits">What it may compute.</param>
    /// <param name="price">Micro-lamports a unit; 0 offers nothing.</param>
    public static TransactionBuilder Begin(in PublicKey wallet, uint computeUnits, ulong price)
    {
        var builder = new TransactionBuilder(wallet);
        ComputeBudget.SetComputeUnitLimit(ref builder, computeUnits);
        if (price > 0)
        {
            ComputeBudget.SetComputeUnitPrice(ref builder, price);
        }

        return builder;
    }

    /// <summary>Moves tokens; where the mint takes a fee, only at the fee that was reckoned with.</summary>
    /// <param name="builder">Takes the instruction.</param>
    /// <param name="mint">The token.</param>
    /// <param name="source">Pays.</param>
    /// <param name="target">Is paid.</param>
    /// <param name="owner">Of the source.</param>
    /// <param name="amount">What leaves the source.</param>
    public static void TransferTokens(
        ref TransactionBuilder builder, MintInfo mint, in PublicKey source, in PublicKey target, in PublicKey owner, ulong amount)
    {
        if (mint.Fee is { } fee)
        {
            Token2022Extensions.TransferCheckedWithFee(
                ref builder, source, mint.Address, target, owner, amount, mint.Decimals, fee.FeeOf(amount));
        }
        else
        {
            TokenProgram.TransferChecked(ref builder, mint.Program, source, mint.Address, target, owner, amount, mint.Decimals);
        }
    }

    /// <summary>The transaction's bytes, zeros in place of the signature.</summary>
    /// <param name="builder">Has all instructions.</param>
    /// <param name="blockhash">Bounds its life.</param>
    public static byte[] Finish(ref TransactionBuilder builder, in RecentBlockhash blockhash)
    {
        var bytes = new byte[builder.Size];
        builder.Write(blockhash.Blockhash, bytes);
        return bytes;
    }
}
