using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;
using TransactionOutcome = Cluster.Solana.TransactionOutcome;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>
/// Brings what the sender learns back to the wallet as a call. It outlives the activation that submitted: the call
/// activates the wallet again. Where the call fails, the sender repeats it.
/// </summary>
/// <param name="grains">Reaches the wallet.</param>
/// <param name="walletId">Which one.</param>
internal sealed class WalletOutcomeSink(IGrains grains, string walletId) : IOutcomeSink
{
    /// <inheritdoc/>
    public Task OnOutcomes(IReadOnlyList<TransactionOutcome> outcomes, CancellationToken ct)
    {
        var request = new SettleTransfersRequest { WalletId = walletId };
        foreach (var outcome in outcomes)
        {
            request.Outcomes.Add(OutcomeMessages.Of(outcome));
        }

        return grains.Call<SettleTransfersReply>(request, new Call(Caller.System("sender"), $"settle:{Guid.CreateVersion7()}", Cancellation: ct));
    }
}
