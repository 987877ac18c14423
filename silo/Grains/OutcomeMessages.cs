using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains;

/// <summary>What the sender tells, as the contracts tell it.</summary>
internal static class OutcomeMessages
{
    /// <summary>Turns an outcome into a message.</summary>
    /// <param name="outcome">From the sender.</param>
    public static V1.TransactionOutcome Of(in Solana.TransactionOutcome outcome) => new()
    {
        Signature = ByteString.CopyFrom(outcome.Signature.AsSpan()),
        Outcome = KindOf(outcome),
        Slot = outcome.Slot,
        Error = outcome.Error?.ToString() ?? outcome.Detail ?? "",
    };

    /// <summary>Whatever the station is called, one with an error is not a payment.</summary>
    private static Outcome KindOf(in Solana.TransactionOutcome outcome) => (outcome.Kind, outcome.Error) switch
    {
        (OutcomeKind.Confirmed, null) => Outcome.Confirmed,
        (OutcomeKind.Dropped, _) => Outcome.Dropped,
        (OutcomeKind.Finalized, null) => Outcome.Finalized,
        (OutcomeKind.Failed or OutcomeKind.Finalized, _) => Outcome.Failed,
        (OutcomeKind.Expired, _) => Outcome.Expired,
        _ => Outcome.Unspecified,
    };
}
