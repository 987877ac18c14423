using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Asks the chain what the lane itself holds: before a recipient is blamed, and before the lane is called empty. Every
/// question names a slot that the answer must not be older than, since a node that lags shows a lane from before its
/// deposits.
/// </summary>
internal sealed class LaneFunds(LaneContext lane, LanePumpParts parts, LaneTerms terms)
{
    /// <summary>Compute units of emptying a wallet, on the safe side.</summary>
    private const uint SweepUnits = 100_000;

    /// <summary>Why nothing at all can be paid out of the lane; null where it can.</summary>
    /// <param name="since">The slot that the answer must not be older than.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> Obstacle(ulong since, CancellationToken cancellationToken)
    {
        var (_, tokens) = await Read(RpcQuery.Confirmed, since, cancellationToken);
        return tokens is { IsFrozen: true }
            ? $"its token account is frozen by the authority of mint {lane.Mint}"
            : await MintRefusal(since, cancellationToken);
    }

    /// <summary>A mint that was paused, or takes a fee by now, fails every payment, and no recipient is to blame.</summary>
    private async Task<string?> MintRefusal(ulong since, CancellationToken cancellationToken)
    {
        try
        {
            if (lane.Campaign.Mint is { } mint)
            {
                await parts.Assets.Read(mint, cancellationToken, since);
            }

            return null;
        }
        catch (ClusterException refusal) when (refusal.Status == StatusCode.FailedPrecondition)
        {
            return refusal.Message;
        }
    }

    /// <summary>
    /// What the lane lacks to pay everybody who waits. To be asked while nothing is in flight, or what has just landed
    /// would be counted twice.
    /// </summary>
    /// <param name="record">The lane.</param>
    /// <param name="broken">Batches to be replaced.</param>
    /// <param name="since">The slot that the answer must not be older than.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(ulong Tokens, ulong Lamports)> Shortage(
        LaneRecord record, IReadOnlyList<BatchRecord> broken, ulong since, CancellationToken cancellationToken)
    {
        var now = await terms.Current(cancellationToken);
        var needs = record.Next > record.Last
            ? default
            : await parts.Counter.Count(lane.CampaignId, now, record.Next, record.Last, map: null, cancellationToken);
        var costs = lane.Asset.Costs;
        foreach (var batch in broken)
        {
            needs = checked(needs with
            {
                Batches = needs.Batches + 1,
                Tokens = needs.Tokens + batch.Amount,
                Fees = needs.Fees + batch.Fee,
                Missing = needs.Missing + (costs.AccountRent == 0 ? 0 : (long)(batch.Rent / costs.AccountRent)),
            });
        }

        var (lamports, tokens) = await Read(RpcQuery.Confirmed, since, cancellationToken);
        return (
            Lacking(costs.TokenDeposit(needs), tokens?.Amount ?? 0),
            Lacking(costs.LamportDeposit(needs, now.MaxFee), lamports));
    }

    /// <summary>
    /// Lamports that the lane must be sent before it can send its tokens back; 0 where it has enough, or no tokens. A lane
    /// that is cancelled before its lamports came has tokens alone.
    /// </summary>
    /// <param name="since">The slot that the answer must not be older than.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ulong> SweepShortage(ulong since, CancellationToken cancellationToken)
    {
        var fee = PayoutTermsOf.Fee((await terms.Current(cancellationToken)).Price, SweepUnits);
        var (lamports, tokens) = await Read(RpcQuery.Confirmed, since, cancellationToken);
        return tokens is { Amount: > 0 } && lamports < fee ? lane.Asset.Costs.LamportDeposit(default, fee) : 0;
    }

    /// <summary>
    /// Lamports that recipients' token accounts have truly cost: what the lane was sent, less fees and what is left. What
    /// was planned may have counted an account for two rows of one owner, or one that somebody else made first. To be asked
    /// when all is final and before the sweep.
    /// </summary>
    /// <param name="record">The lane.</param>
    /// <param name="since">The slot that the answer must not be older than.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>At most what was planned: lamports that went otherwise are no rent.</returns>
    public async Task<ulong> RentPaid(LaneRecord record, ulong since, CancellationToken cancellationToken)
    {
        if (record.Progress.Rent == 0)
        {
            return 0;
        }

        var sent = await parts.Transfers.SumFinalizedLamports(lane.Campaign.WalletId, lane.Wallet, cancellationToken);
        var (left, _) = await Read(RpcQuery.Confirmed, since, cancellationToken);
        return Math.Min(record.Progress.Rent, Lacking(sent, checked(record.Progress.Fees + left)));
    }

    /// <summary>Whether the lane holds nothing, and that is final.</summary>
    /// <param name="since">The slot that the answer must not be older than.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsEmpty(ulong since, CancellationToken cancellationToken)
    {
        var (lamports, tokens) = await Read(RpcQuery.Finalized, since, cancellationToken);
        return lamports == 0 && tokens is not { Amount: > 0 };
    }

    private async Task<(ulong Lamports, TokenAccount? Tokens)> Read(RpcQuery query, ulong since, CancellationToken cancellationToken)
    {
        var account = lane.Asset.Token?.AccountOf(lane.Wallet) ?? lane.Wallet;
        var (_, found) = await parts.Rpc.GetMultipleAccounts(
            [lane.Wallet, account], query with { MinContextSlot = since > 0 ? since : null }, slice: null, cancellationToken);
        var tokens = found[1] is { } info && TokenAccount.TryDecode(info.Owner, info.Data.Span, out var decoded, out _) ? decoded : null;
        return (found[0]?.Lamports ?? 0, tokens);
    }

    private static ulong Lacking(ulong needed, ulong there) => needed > there ? needed - there : 0;
}
