namespace Cluster.Solana;

/// <summary>
/// What sending a transaction came to. None of the three says whether it will land, and only the ledger says whether it
/// has.
/// </summary>
public enum SendVerdict
{
    /// <summary>The node took it to pass it on.</summary>
    Accepted,

    /// <summary>The node said that it does not take it, and why. It may have landed through an earlier send.</summary>
    Rejected,

    /// <summary>No answer, or one that does not say (timeout, broken connection, 5xx, 429): it may be on its way.</summary>
    Unknown,
}

/// <summary>The result of sending one transaction.</summary>
/// <param name="Verdict">Accepted, rejected or unknown.</param>
/// <param name="Failure">What stood in the way; null where it was accepted.</param>
public readonly record struct SendResult(SendVerdict Verdict, RpcException? Failure)
{
    internal static SendResult Accepted { get; } = new(SendVerdict.Accepted, null);

    /// <summary>
    /// Only an answer that is about this transaction rejects it; all else leaves open what became of the bytes.
    /// </summary>
    internal static SendResult Of(RpcException failure) => failure.Failure switch
    {
        // The node has executed it before: it needs no further send and is found by its status.
        RpcFailure.PreflightFailed when failure.TransactionError?.Code == "AlreadyProcessed" => new(SendVerdict.Accepted, failure),
        RpcFailure.PreflightFailed or RpcFailure.SignatureInvalid or RpcFailure.InvalidRequest => new(SendVerdict.Rejected, failure),
        _ => new(SendVerdict.Unknown, failure),
    };
}

/// <summary>How a node is to take a transaction.</summary>
/// <param name="SkipPreflight">Without simulating it first.</param>
/// <param name="PreflightCommitment">Against which state to simulate it.</param>
/// <param name="MinContextSlot">The slot that the simulation must have reached.</param>
public readonly record struct SendOptions(
    bool SkipPreflight = true, Commitment PreflightCommitment = Commitment.Confirmed, ulong? MinContextSlot = null);
