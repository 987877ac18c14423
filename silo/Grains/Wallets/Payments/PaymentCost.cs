using System.Text;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Payments;

/// <summary>What a wallet's transactions compute, and what they cost.</summary>
internal static class PaymentCost
{
    private static readonly ComputeUnitEstimates Estimates = ComputeUnitEstimates.Default;

    /// <summary>The Memo program checks and logs its text: a little for each call, the rest by the byte.</summary>
    private const uint MemoBase = 5_000;

    private const uint MemoByte = 400;

    /// <summary>Closing a token account, of either program.</summary>
    private const uint CloseAccount = 8_000;

    /// <summary>Collecting withheld fees of one token account.</summary>
    private const uint Harvest = 15_000;

    /// <summary>Base fee of one signature and priority fee.</summary>
    /// <param name="computeUnits">The transaction's limit.</param>
    /// <param name="price">Micro-lamports a unit.</param>
    public static ulong Fee(uint computeUnits, ulong price) =>
        checked(Transaction.LamportsPerSignature + ComputeBudget.PriorityFee(computeUnits, price));

    /// <summary>The compute units of a payment, on the safe side.</summary>
    /// <param name="order">What is paid.</param>
    /// <param name="token">The token side; null for SOL.</param>
    public static uint ComputeUnits(PaymentOrder order, TokenFacts? token)
    {
        var units = Estimates.Base + (order.Memo.Length == 0 ? 0 : MemoBase + (MemoByte * (uint)Encoding.UTF8.GetByteCount(order.Memo)));
        if (token is null)
        {
            return units + Estimates.SystemTransfer;
        }

        units += Transfer(token.Mint.Program);
        return token.TargetIsMissing ? units + Create(token.Mint.Program, token.TargetBump) : units;
    }

    /// <summary>The compute units of emptying a wallet, on the safe side.</summary>
    /// <param name="program">The token program; null where there is only SOL.</param>
    /// <param name="targetBump">Of the recipient's token account, where it has to be made; null where it is there.</param>
    public static uint ComputeUnits(PublicKey? program, byte? targetBump)
    {
        var units = Estimates.Base + Estimates.SystemTransfer;
        if (program is not { } tokens)
        {
            return units;
        }

        units += Transfer(tokens) + CloseAccount + Harvest;
        return targetBump is { } bump ? units + Create(tokens, bump) : units;
    }

    private static uint Transfer(in PublicKey program) =>
        program == TokenProgram.SplTokenId ? Estimates.SplTransfer : Estimates.Token2022Transfer;

    private static uint Create(in PublicKey program, byte bump) =>
        (program == TokenProgram.SplTokenId ? Estimates.CreateSplAccount : Estimates.CreateToken2022Account)
        + ((uint)(byte.MaxValue - bump) * Estimates.BumpStep);
}
