using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>Sees a lane's deposits through, from the source's wallet into the lane's books, and its sweep back.</summary>
internal sealed class LaneFunding(LaneContext lane, LaneDesk desk, LaneEntries entries, LaneFunds funds, LaneTerms terms, IGrains grains, TimeProvider time)
{
    /// <summary>How many times the highest need of a whole campaign its source must hold to be asked for it early.</summary>
    private const ulong RichEnough = 2;

    private readonly LaneDeposits _deposits = new(lane, grains, time);

    private LaneRecord Lane => desk.View.Lane;

    /// <summary>Brings whatever is due.</summary>
    public Task BringAll(CancellationToken cancellationToken) =>
        Task.WhenAll(Bring(DepositKind.Tokens, cancellationToken), Bring(DepositKind.Lamports, cancellationToken));

    /// <summary>Sees a deposit that is due through to the books.</summary>
    public async Task Bring(DepositKind kind, CancellationToken cancellationToken)
    {
        var deposit = LaneMachine.Of(Lane, kind);
        if (!deposit.IsDue)
        {
            return;
        }

        try
        {
            var transfer = await _deposits.Bring(kind, deposit, LaneDeposits.IsKnown, cancellationToken);
            await entries.Enter(
                LaneDeposits.HasPaid(transfer.Status)
                    ? new LaneStep.DepositArrived(kind, deposit.Attempt, transfer.Slot)
                    : new LaneStep.DepositLost(kind, deposit.Attempt, Describe(transfer)),
                cancellationToken);
        }
        catch (ClusterException refusal) when (LaneDeposits.IsRefusal(refusal))
        {
            await entries.Enter(
                Lane.Cancelled && !await IsForSweep(kind, deposit, cancellationToken)
                    ? new LaneStep.DepositForgone(kind, deposit.Attempt)
                    : new LaneStep.Stuck(refusal.Message),
                cancellationToken);
        }
    }

    /// <summary>
    /// A source that is rich enough sends at once what the whole campaign could need at the very most, and paying begins
    /// as soon as the accounts are looked up; the rest comes back with the sweep. Any other one sends exactly what is
    /// needed, once that is known.
    /// </summary>
    public async Task BringLamportsEarly(CancellationToken cancellationToken)
    {
        if (lane.Asset.IsSol)
        {
            return;
        }

        var costs = lane.Asset.Costs;
        var now = await terms.Current(cancellationToken);
        var lanes = (ulong)Math.Max(1, lane.Campaign.Lanes);
        var spare = costs.HighestLamportDeposit(lane.Campaign.Recipients, now.MaxFee) + (lanes * costs.HighestLamportDeposit(0, now.MaxFee));
        var balances = await grains.Call<Balances>(
            new GetBalancesRequest { WalletId = lane.Campaign.WalletId, Mints = { lane.Mint } }, lane.Call(cancellationToken));
        if (balances.Balances_.FirstOrDefault(balance => balance.Mint.Length == 0)?.Available / RichEnough >= spare)
        {
            var most = costs.HighestLamportDeposit(Lane.Last - Lane.First + 1, now.MaxFee);
            await entries.Enter(new LaneStep.LamportsReckoned(most, now.Price), cancellationToken);
            await Bring(DepositKind.Lamports, cancellationToken);
        }
    }

    /// <summary>
    /// Waits until every deposit that has arrived is final: a fork may have dropped one that was confirmed, and it is on
    /// its way again.
    /// </summary>
    /// <returns>The slot since which the chain must be asked what the lane holds: the newest in which anything landed.</returns>
    public async Task<ulong> AwaitFinal(CancellationToken cancellationToken)
    {
        var tokens = await AwaitFinal(DepositKind.Tokens, cancellationToken);
        var lamports = await AwaitFinal(DepositKind.Lamports, cancellationToken);
        return Math.Max(Lane.LandedSlot, Math.Max(tokens, lamports));
    }

    /// <summary>
    /// Sends what is left back to the source. The lane is done when the chain has finalized that its wallet is empty, by
    /// the word of a node that has seen everything that went in and out.
    /// </summary>
    public async Task<bool> Sweep(CancellationToken cancellationToken)
    {
        var attempt = Lane.SweepAttempt;
        try
        {
            var transfer = await _deposits.Sweep(attempt, Lane.LandedSlot, cancellationToken);
            if (transfer.Status != TransferStatus.Finalized)
            {
                return await entries.Enter(new LaneStep.SweepLost(attempt, Describe(transfer)), cancellationToken);
            }

            return await funds.IsEmpty(Math.Max(Lane.LandedSlot, transfer.Slot), cancellationToken)
                ? await entries.Enter(new LaneStep.Swept(attempt), cancellationToken)
                : await entries.Enter(new LaneStep.SweepLost(attempt, "the wallet still held something after it"), cancellationToken);
        }
        catch (ClusterException refusal) when (LaneDeposits.IsRefusal(refusal))
        {
            // Deposits that were lost or forgone leave a wallet that never existed.
            return await funds.IsEmpty(Lane.LandedSlot, cancellationToken)
                ? await entries.Enter(new LaneStep.Swept(attempt), cancellationToken)
                : await entries.Enter(new LaneStep.Stuck($"it cannot be swept: {refusal.Message}"), cancellationToken);
        }
    }

    /// <summary>A cancelled lane does without what it would have paid out, but not without what brings its tokens back.</summary>
    private async Task<bool> IsForSweep(DepositKind kind, Deposit deposit, CancellationToken cancellationToken) =>
        kind == DepositKind.Lamports
        && await funds.SweepShortage(Lane.LandedSlot, cancellationToken) is > 0 and var lamports
        && deposit.Amount <= lamports;

    private async Task<ulong> AwaitFinal(DepositKind kind, CancellationToken cancellationToken) =>
        LaneMachine.Of(Lane, kind) is { Arrived: true, Amount: > 0 } deposit
            ? (await _deposits.Bring(kind, deposit, LaneDeposits.IsFinal, cancellationToken)).Slot
            : 0;

    private static string Describe(Transfer transfer) =>
        transfer.Error.Length > 0 ? $"{transfer.Status.ToString().ToLowerInvariant()}, {transfer.Error}" : transfer.Status.ToString().ToLowerInvariant();
}
