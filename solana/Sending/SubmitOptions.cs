namespace Cluster.Solana;

/// <summary>How a set of transactions is sent.</summary>
public sealed record SubmitOptions
{
    /// <summary>For transactions that have never been sent: send at once, without preflight.</summary>
    public static SubmitOptions Fresh { get; } = new();

    /// <summary>
    /// For transactions that an earlier process may have sent: the ledger's history is asked first, and only what it
    /// does not know, and what can still land, is sent again.
    /// </summary>
    public static SubmitOptions TakenUp { get; } = new() { LookUpFirst = true };

    /// <summary>Ask the ledger's history before the first send. Default false.</summary>
    public bool LookUpFirst { get; init; }

    /// <summary>
    /// Send without the node's simulation. Default true: a rejected preflight proves nothing, and a transaction that
    /// lands and fails says more. With false, the rejection's reason is in <see cref="TransactionOutcome.Detail"/>
    /// should the transaction expire.
    /// </summary>
    public bool SkipPreflight { get; init; } = true;

    /// <summary>
    /// Read the fee that the ledger charged (one more request a transaction) before <see cref="OutcomeKind.Finalized"/>
    /// and <see cref="OutcomeKind.Failed"/> are reported. Default false.
    /// </summary>
    public bool ReadFee { get; init; }
}
