using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>Looks whether the lane itself can pay, before a recipient is blamed.</summary>
internal sealed class LaneFunds(
    LaneContext lane, ISolanaRpc rpc, CampaignAssets assets, NeedsCounter counter, LaneTerms terms)
{
    /// <summary>Compute units of emptying a wallet, on the safe side.</summary>
    private const uint SweepUnits = 100_000;

    /// <summary>Why nothing at all can be paid out of the lane; null where it can.</summary>
    public async Task<string?> Obstacle(CancellationToken cancellationToken)
    {
        var (_, tokens) = await Read(RpcQuery.Confirmed, cancellationToken);
        return tokens is { IsFrozen: true }
            ? $"its token account is frozen by the authority of mint {lane.Mint}"
            : await MintRefusal(cancellationToken);
    }

    /// <summary>A mint that was paused, or takes a fee by now, fails every payment, and no recipient is to blame.</summary>
    private async Task<string?> MintRefusal(CancellationToken cancellationToken)
    {
        try
        {
            if (lane.Campaign.Mint is { } mint)
            {
                await assets.Read(mint, cancellationToken);
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
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(ulong Tokens, ulong Lamports)> Shortage(
        LaneRecord record, IReadOnlyList<BatchRecord> broken, CancellationToken cancellationToken)
    {
        var now = await terms.Current(cancellationToken);
        var needs = record.Next > record.Last
            ? default
            : await counter.Count(lane.CampaignId, now, record.Next, record.Last, map: null, cancellationToken);
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

        var (lamports, tokens) = await Read(RpcQuery.Confirmed, cancellationToken);
        return (
            Lacking(costs.TokenDeposit(needs), tokens?.Amount ?? 0),
            Lacking(costs.LamportDeposit(needs, now.MaxFee), lamports));
    }

    /// <summary>
    /// Lamports that the lane must be sent before it can send its tokens back; 0 where it has enough, or no tokens. A lane
    /// that is cancelled before its lamports came has tokens alone.
    /// </summary>
    public async Task<ulong> SweepShortage(CancellationToken cancellationToken)
    {
        var fee = PayoutTermsOf.Fee((await terms.Current(cancellationToken)).Price, SweepUnits);
        var (lamports, tokens) = await Read(RpcQuery.Confirmed, cancellationToken);
        return tokens is { Amount: > 0 } && lamports < fee ? lane.Asset.Costs.LamportDeposit(default, fee) : 0;
    }

    /// <summary>Whether the lane holds nothing, and that is final.</summary>
    public async Task<bool> IsEmpty(CancellationToken cancellationToken)
    {
        var (lamports, tokens) = await Read(RpcQuery.Finalized, cancellationToken);
        return lamports == 0 && tokens is not { Amount: > 0 };
    }

    private async Task<(ulong Lamports, TokenAccount? Tokens)> Read(RpcQuery query, CancellationToken cancellationToken)
    {
        var account = lane.Asset.Token?.AccountOf(lane.Wallet) ?? lane.Wallet;
        var (_, found) = await rpc.GetMultipleAccounts([lane.Wallet, account], query, slice: null, cancellationToken);
        var tokens = found[1] is { } info && TokenAccount.TryDecode(info.Owner, info.Data.Span, out var decoded, out _) ? decoded : null;
        return (found[0]?.Lamports ?? 0, tokens);
    }

    private static ulong Lacking(ulong needed, ulong there) => needed > there ? needed - there : 0;
}
