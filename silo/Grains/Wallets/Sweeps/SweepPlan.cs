using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Sweeps;

/// <summary>One transaction that empties a wallet: tokens, the token account's rent, and all SOL but the fee.</summary>
internal sealed record SweepPlan
{
    private SweepPlan(PublicKey wallet, PublicKey destination, SweepFacts facts, ulong fee, uint computeUnits)
    {
        (Wallet, Destination, Facts, Fee, ComputeUnits) = (wallet, destination, facts, fee, computeUnits);
        Rent = facts.Token?.RentToPay ?? 0;
        Lamports = facts.Lamports - Fee - Rent;
    }

    /// <summary>Is emptied.</summary>
    public PublicKey Wallet { get; }

    /// <summary>Gets all.</summary>
    public PublicKey Destination { get; }

    /// <summary>What the chain said.</summary>
    public SweepFacts Facts { get; }

    /// <summary>What the transaction may compute.</summary>
    public uint ComputeUnits { get; }

    /// <summary>Lamports of the fee.</summary>
    public ulong Fee { get; }

    /// <summary>Lamports for the recipient's token account, where it has to be made.</summary>
    public ulong Rent { get; }

    /// <summary>Lamports that are left and sent.</summary>
    public ulong Lamports { get; }

    /// <summary>Plans to empty a wallet.</summary>
    /// <param name="wallet">Is emptied.</param>
    /// <param name="destination">Gets all.</param>
    /// <param name="facts">What the chain said.</param>
    /// <param name="spareUnits">From <see cref="MessageVariety"/>.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.FailedPrecondition"/>: there is nothing in it, or not enough for the fee.
    /// </exception>
    public static SweepPlan Make(PublicKey wallet, PublicKey destination, SweepFacts facts, uint spareUnits)
    {
        if (facts.Lamports == 0 && facts.Token is null)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet} is empty: there is nothing to sweep.");
        }

        var makesAccount = facts.Token is { RentToPay: not null } token ? token.TargetBump : (byte?)null;
        var computeUnits = PaymentCost.ComputeUnits(facts.Token?.Mint.Program, makesAccount) + spareUnits;
        var fee = PaymentCost.Fee(computeUnits, facts.Terms.ComputeUnitPrice);
        var costs = checked(fee + (facts.Token?.RentToPay ?? 0));
        return facts.Lamports >= costs
            ? new SweepPlan(wallet, destination, facts, fee, computeUnits)
            : throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"insufficient funds: wallet {wallet} has {facts.Lamports:N0} of {costs:N0} lamports (0 reserved); sweeping it takes {fee:N0} fee and {costs - fee:N0} rent");
    }

    /// <summary>The transaction's bytes, zeros in place of the signature.</summary>
    public byte[] Write()
    {
        var builder = TransactionWriter.Begin(Wallet, ComputeUnits, Facts.Terms.ComputeUnitPrice);
        if (Facts.Token is { } token)
        {
            Empty(ref builder, token);
        }

        if (Lamports > 0)
        {
            SystemProgram.Transfer(ref builder, Wallet, Destination, Lamports);
        }

        return TransactionWriter.Finish(ref builder, Facts.Terms.Blockhash);
    }

    private void Empty(ref TransactionBuilder builder, SweptAccount token)
    {
        if (token.RentToPay is not null)
        {
            AssociatedTokenAccount.CreateIdempotent(
                ref builder, Wallet, token.Target, Destination, token.Mint.Address, token.Mint.Program);
        }

        if (token.Account.Amount > 0)
        {
            TransactionWriter.TransferTokens(ref builder, token.Mint, token.Source, token.Target, Wallet, token.Account.Amount);
        }

        if (token.HoldsWithheldFees)
        {
            Token2022Extensions.HarvestWithheldTokensToMint(ref builder, token.Mint.Address, token.Source);
        }

        TokenProgram.CloseAccount(ref builder, token.Mint.Program, token.Source, Destination, Wallet);
    }
}
