using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Grains.Wallets.Sweeps;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>What all wallets of a silo share.</summary>
internal sealed class WalletParts(
    Database database,
    WalletStore wallets,
    CeilingStore ceilings,
    ColdPaymentStore coldPayments,
    ProposalStore proposals,
    TransferStore transfers,
    PaymentReader payments,
    SweepReader sweeps,
    BalanceReader balances,
    PaymentOutbox outbox,
    ChainCircuit chain,
    TimeProvider time,
    IOptions<WalletOptions> options)
{
    public Database Database { get; } = database;

    public WalletStore Wallets { get; } = wallets;

    public CeilingStore Ceilings { get; } = ceilings;

    public ColdPaymentStore ColdPayments { get; } = coldPayments;

    public ProposalStore Proposals { get; } = proposals;

    public TransferStore Transfers { get; } = transfers;

    public PaymentReader Payments { get; } = payments;

    public SweepReader Sweeps { get; } = sweeps;

    public BalanceReader Balances { get; } = balances;

    public PaymentOutbox Outbox { get; } = outbox;

    /// <summary>Lets a turn's reads through to the chain while that answers.</summary>
    public ChainCircuit Chain { get; } = chain;

    public WalletOptions Options { get; } = options.Value;

    /// <summary>Now, as precise as PostgreSQL keeps it, so that an answer and the row behind it say the same.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }
}
