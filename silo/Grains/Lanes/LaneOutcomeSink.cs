using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;
using TransactionOutcome = Cluster.Solana.TransactionOutcome;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Passes what the sender learns to the lane's grain. Throws where the lane could not take it: the sender then tells it
/// again.
/// </summary>
internal sealed class LaneOutcomeSink(IGrains grains, string laneId) : IOutcomeSink
{
    private static readonly Caller Sender = Caller.System("sender");

    /// <summary><c>InsufficientFunds</c> of the token programs, and «insufficient lamports» of the System program.</summary>
    private const uint InsufficientFunds = 1;

    public async Task OnOutcomes(IReadOnlyList<TransactionOutcome> outcomes, CancellationToken ct)
    {
        var request = new SettleBatchesRequest { LaneId = laneId };
        foreach (var outcome in outcomes)
        {
            request.Outcomes.Add(ToMessage(outcome));
        }

        await grains.Call<SettleBatchesReply>(request, new Call(Sender, laneId, Cancellation: ct));
    }

    /// <summary>
    /// Every payer of a batch's instructions is the lane, so a lack of funds is never a recipient's fault, unless it is
    /// the rent of another account than the fee payer's.
    /// </summary>
    internal static bool PayerLackedFunds(TransactionError error) => error switch
    {
        { Code: "InsufficientFundsForFee" } => true,
        { Code: "InsufficientFundsForRent" } => error.AccountIndex is null or 0,
        { InstructionCode: "InsufficientFunds" } => true,
        { CustomCode: InsufficientFunds } => true,
        _ => false,
    };

    private static V1.TransactionOutcome ToMessage(in TransactionOutcome outcome)
    {
        var message = OutcomeMessages.Of(outcome);
        message.PayerLackedFunds = outcome.Error is { } error && PayerLackedFunds(error);
        return message;
    }
}
