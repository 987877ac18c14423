using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Draws up plans for recipients whose batch can never pay: an expired batch is signed anew as it was; one that landed
/// with an error is halved until the recipient at fault stands alone, and that one fails with the program's reason.
/// Every account is looked up again, so one closed since the scan is made again and one frozen since is found.
/// </summary>
internal sealed class RepairPlanner(
    LaneContext lane, PayeeSource source, LaneTerms terms, BatchVariety variety, ITransactionSender sender, IGrains grains)
{
    /// <summary>A lone recipient gets one more transaction after the first that failed, with its account looked up again.</summary>
    private const int AttemptsOfOne = 2;

    /// <summary>The plan that replaces broken batches.</summary>
    /// <param name="broken">At least one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LanePlan> Draw(IReadOnlyList<BatchRecord> broken, CancellationToken cancellationToken)
    {
        var looked = await source.LookAgain(
            lane.CampaignId, lane.Asset, [.. broken.Select(batch => (batch.First, batch.Last))], cancellationToken);
        var now = await terms.Current(cancellationToken);
        var blockhash = await sender.GetRecentBlockhash(cancellationToken);
        var cutter = new BatchCutter(new BatchBuilder(now, variety));
        cutter.Renew(now, blockhash.Blockhash);

        var draft = new PlanDraft(blockhash);
        var rest = looked.Payees.AsMemory();
        foreach (var batch in broken)
        {
            Replace(batch, rest.Span[..batch.Count], looked.Reasons, cutter, draft);
            rest = rest[batch.Count..];
        }

        return new LanePlan
        {
            Replaced = [.. broken.Select(batch => batch.Batch)],
            Batches = await draft.Sign(grains, lane.LaneId, lane.Call(cancellationToken)),
            Failures = draft.Failures,
        };
    }

    private static void Replace(
        BatchRecord batch, ReadOnlySpan<Payee> payees, IReadOnlyDictionary<long, string> reasons, BatchCutter cutter, PlanDraft draft)
    {
        if (batch.Status != BatchStatus.Rejected)
        {
            CutAll(batch, payees, reasons, cutter, draft);
        }
        else if (payees.Length > 1)
        {
            var half = payees.Length / 2;
            CutAll(batch, payees[..half], reasons, cutter, draft);
            CutAll(batch, payees[half..], reasons, cutter, draft);
        }
        else if (batch.Attempts < AttemptsOfOne && payees[0].State != PayeeState.Refused)
        {
            CutAll(batch, payees, reasons, cutter, draft);
        }
        else
        {
            var reason = reasons.GetValueOrDefault(batch.First, batch.Error);
            draft.Fail(new PaymentFailure(batch.First, payees[0].Recipient.Owner.ToString(), reason, batch.Signature));
        }
    }

    private static void CutAll(
        BatchRecord batch, ReadOnlySpan<Payee> payees, IReadOnlyDictionary<long, string> reasons, BatchCutter cutter, PlanDraft draft)
    {
        Signature? failedIn = batch.Status == BatchStatus.Rejected ? batch.Signature : null;
        cutter.Add(payees);
        while (cutter.TryCut(isEnd: true, out var cut))
        {
            draft.Take(cut, cutter, batch.Attempts + 1, sequence => reasons[sequence], failedIn);
        }
    }
}
