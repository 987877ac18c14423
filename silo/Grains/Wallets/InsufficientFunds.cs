using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Decides whether a wallet can afford a payment, and says no with the figures.</summary>
internal static class InsufficientFunds
{
    /// <summary>Refuses what the wallet cannot afford.</summary>
    /// <param name="books">Have taken in the facts of the plan.</param>
    /// <param name="plan">The payment.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.FailedPrecondition"/>: what there is, and what it takes; <see cref="StatusCode.Unavailable"/>: the
    /// node lags too far behind to tell.
    /// </exception>
    public static void Refuse(WalletBooks books, PaymentPlan plan)
    {
        var debit = plan.Debit;
        if (debit.Mint is { } mint)
        {
            var tokens = books.Available(mint) ?? throw Lagging(plan);
            if (tokens < debit.Tokens)
            {
                throw Short(plan.Wallet, tokens, debit.Tokens, $"base units of {mint}", books.Reserved(mint), "");
            }
        }

        // The wallet's account must keep what makes it exempt from rent, or the network refuses the transaction.
        var keep = plan.Facts.Terms.WalletRent;
        var there = books.Available(null) ?? throw Lagging(plan);
        var spendable = there - Math.Min(there, keep);
        if (spendable < debit.Lamports)
        {
            throw Short(plan.Wallet, spendable, debit.Lamports, "lamports", books.Reserved(null), $"; {Parts(plan)}, and {keep:N0} stay in the wallet as its rent-exempt minimum");
        }
    }

    private static ClusterException Short(in PublicKey wallet, ulong has, ulong needs, string unit, ulong reserved, string detail) =>
        new(StatusCode.FailedPrecondition, $"insufficient funds: wallet {wallet} has {has:N0} of {needs:N0} {unit} ({reserved:N0} reserved){detail}");

    private static ClusterException Lagging(PaymentPlan plan) => new(
        StatusCode.Unavailable,
        $"The node answered from slot {plan.Facts.Slot}, before the wallet's last payment had landed: what is left cannot be told. Nothing was changed, try again.");

    private static string Parts(PaymentPlan plan)
    {
        var amount = plan.Order.Mint is null ? $"{plan.Order.Amount:N0} to pay, " : "";
        var rent = plan.Rent > 0 ? $", {plan.Rent:N0} rent of the recipient's token account" : "";
        return $"it takes {amount}{plan.Fee:N0} fee{rent}";
    }
}
