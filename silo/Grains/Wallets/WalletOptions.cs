using Cluster.Silo.Hosting;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Limits of wallets; in the configuration under <c>Cluster:Wallets</c>.</summary>
public sealed class WalletOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Cluster:Wallets";

    /// <summary>The setting of existing deployments for <see cref="MaxTransactionAmount"/>.</summary>
    public const string MaxTransactionAmountSetting = "WALLET_MAX_TRANSACTION_AMOUNT";

    private const decimal LamportsPerSol = 1_000_000_000m;

    private const byte SolDecimals = 9;

    /// <summary>
    /// The most SOL that one transfer may pay, as a plain number of SOL with at most nine decimals, for example
    /// <c>12.5</c>; from <c>WALLET_MAX_TRANSACTION_AMOUNT</c>. Above zero; null, the default, sets no limit. It holds for
    /// transfers that callers ask for and for what a campaign owes to one recipient, not for transfers that the cluster makes
    /// itself to fund a campaign's lanes.
    /// </summary>
    public decimal? MaxTransactionAmount { get; set; }

    /// <summary>
    /// From how many coins on, SOL or whole tokens of any mint, a payment that a caller asks for is entered into the audit log
    /// as severe. Above zero; default 1,000.
    /// </summary>
    public decimal LargeTransferAmount { get; set; } = 1_000;

    /// <summary>Payments of one wallet in flight at once, 1 to 65,536. Default 4,096; more are answered RESOURCE_EXHAUSTED.</summary>
    public int MaxInFlight { get; set; } = 4_096;

    /// <summary>How often a wallet with payments in flight looks after them, 1 s to 10 min. Default 10 s; after a crash they are taken up again within this time.</summary>
    public TimeSpan ReminderPeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The limit in lamports.</summary>
    internal ulong MaxLamports => MaxTransactionAmount is { } sol ? decimal.ToUInt64(sol * LamportsPerSol) : ulong.MaxValue;

    /// <summary>How much a payment should alarm.</summary>
    /// <param name="baseUnits">What it pays.</param>
    /// <param name="decimals">The mint's; null for SOL.</param>
    /// <param name="caller">Who asks; the cluster itself alarms nobody.</param>
    internal Severity SeverityOf(ulong baseUnits, byte? decimals, Caller caller)
    {
        // A limit beyond what base units can count is never reached: decimals go up to 255, and decimal ends before.
        var limit = LargeTransferAmount;
        for (var place = decimals ?? SolDecimals; place > 0 && limit <= ulong.MaxValue; place--)
        {
            limit *= 10;
        }

        return !caller.IsSystem && baseUnits >= limit ? Severity.High : Severity.Low;
    }

    /// <summary>Why the amount is none, in words; null where it is fine.</summary>
    internal static string? AmountFault(decimal? sol) => sol switch
    {
        null => null,
        <= 0 => "it must be above zero; leave it out for no limit",
        > ulong.MaxValue / LamportsPerSol => "it is more SOL than there can be",
        { } amount when decimal.Round(amount, 9) != amount => "it has more than nine decimals",
        _ => null,
    };

    /// <summary>Refuses a transfer above the limit.</summary>
    /// <param name="lamports">What it pays.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: above the limit.</exception>
    internal void RequireWithinLimit(ulong lamports)
    {
        if (lamports > MaxLamports)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"amount is {lamports:N0} lamports, and this cluster pays at most {MaxLamports:N0} in one transfer ({MaxTransactionAmountSetting}).");
        }
    }
}
