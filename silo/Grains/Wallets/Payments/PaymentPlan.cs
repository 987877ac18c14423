using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Payments;

/// <summary>A payment that the chain's state allows, with what it costs. Whether the wallet can afford it is another question.</summary>
internal sealed record PaymentPlan
{
    private PaymentPlan(PublicKey wallet, PaymentOrder order, PaymentFacts facts, uint spareUnits)
    {
        Wallet = wallet;
        Order = order;
        Facts = facts;
        ComputeUnits = PaymentCost.ComputeUnits(order, facts.Token) + spareUnits;
        Fee = PaymentCost.Fee(ComputeUnits, facts.Terms.ComputeUnitPrice);
        Rent = facts.Token?.RentToPay ?? 0;
    }

    /// <summary>Who pays.</summary>
    public PublicKey Wallet { get; }

    /// <summary>What was asked for.</summary>
    public PaymentOrder Order { get; }

    /// <summary>What the chain said.</summary>
    public PaymentFacts Facts { get; }

    /// <summary>What the transaction may compute.</summary>
    public uint ComputeUnits { get; }

    /// <summary>Lamports of the base fee and the priority fee.</summary>
    public ulong Fee { get; }

    /// <summary>Lamports for the recipient's new token account; 0 where it has one.</summary>
    public ulong Rent { get; }

    /// <summary>All that it takes out of the wallet.</summary>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: more than there can be.</exception>
    public Debit Debit
    {
        get
        {
            var costs = checked(Fee + Rent);
            if (Order.Mint is { } mint)
            {
                return new Debit(costs, mint, Order.Amount);
            }

            return Order.Amount <= ulong.MaxValue - costs
                ? new Debit(Order.Amount + costs)
                : throw new ClusterException(StatusCode.InvalidArgument, $"amount is {Order.Amount:N0} lamports, which with the fee is more than there can be.");
        }
    }

    /// <summary>Refuses what would fail on the chain, or go where nobody wants it.</summary>
    /// <param name="wallet">Who pays.</param>
    /// <param name="order">What was asked for.</param>
    /// <param name="facts">What the chain said.</param>
    /// <param name="spareUnits">From <see cref="MessageVariety"/>.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: why.</exception>
    public static PaymentPlan Make(PublicKey wallet, PaymentOrder order, PaymentFacts facts, uint spareUnits)
    {
        if (RecipientPolicy.Refusal(facts.Recipient) is { } recipient)
        {
            throw Refused($"destination {order.Destination} {recipient}");
        }

        if (facts.Token is { } token)
        {
            RequireToken(wallet, order, token);
        }
        else if (facts.Recipient is null && order.Amount < facts.Terms.WalletRent)
        {
            throw Refused(
                $"destination {order.Destination} does not exist yet and {order.Amount:N0} lamports do not make it: an account must hold at least {facts.Terms.WalletRent:N0}");
        }

        return new PaymentPlan(wallet, order, facts, spareUnits);
    }

    private static void RequireToken(in PublicKey wallet, PaymentOrder order, TokenFacts token)
    {
        if (token.SourceAccount is { IsFrozen: true })
        {
            throw Refused($"the token account {token.Source} of wallet {wallet} is frozen by the authority of mint {token.Mint.Address}");
        }

        if (RecipientPolicy.TokenAccountRefusal(order.Destination, token.Mint, token.TargetAccount, order.Memo.Length > 0) is { } target)
        {
            throw Refused($"destination {order.Destination} cannot be paid: {target}");
        }
    }

    private static ClusterException Refused(string why) => new(StatusCode.FailedPrecondition, why + ".");
}
