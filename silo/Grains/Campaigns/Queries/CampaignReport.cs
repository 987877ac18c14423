using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns.Queries;

/// <summary>
/// Reports what became of every recipient, in order: a page of recipients, the batches that cover it and its failures
/// at a time, so that memory stays bounded whatever the size.
/// </summary>
internal sealed class CampaignReport(CampaignStore campaigns, ReportStore report, FailureStore failures)
{
    private const int PageSize = 1_000;

    public IAsyncEnumerable<ReportRows> ReportCampaign(ReportCampaignRequest request, Call call) =>
        Report(request.CampaignId, call.Cancellation);

    private async IAsyncEnumerable<ReportRows> Report(string campaignId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CampaignIds.Require(campaignId);
        _ = await campaigns.Find(campaignId, cancellationToken) ?? throw CampaignIds.NotFound(campaignId);
        var after = 0L;
        while (await report.ListRecipients(campaignId, after, PageSize, cancellationToken) is { Count: > 0 } recipients)
        {
            var (first, last) = (recipients[0].Sequence, recipients[^1].Sequence);
            var batches = await report.ListBatches(campaignId, first, last, cancellationToken);
            var failed = await failures.ListPayments(campaignId, first, last, cancellationToken);
            var rows = new ReportRows();
            rows.Rows.Add(Join(recipients, batches, failed.ToDictionary(failure => failure.Sequence)));
            yield return rows;
            after = last;
        }
    }

    private static IEnumerable<ReportRow> Join(
        IReadOnlyList<ReportedRecipient> recipients,
        IReadOnlyList<ReportedBatch> batches,
        IReadOnlyDictionary<long, PaymentFailure> failures)
    {
        var next = 0;
        foreach (var recipient in recipients)
        {
            while (next < batches.Count && batches[next].Last < recipient.Sequence)
            {
                next++;
            }

            var isCovered = next < batches.Count && batches[next].First <= recipient.Sequence;
            yield return Row(recipient, isCovered ? batches[next] : null, failures.GetValueOrDefault(recipient.Sequence));
        }
    }

    private static ReportRow Row(ReportedRecipient recipient, ReportedBatch? batch, PaymentFailure? failure)
    {
        var row = new ReportRow
        {
            Line = (ulong)recipient.Line,
            Address = recipient.Owner.ToString(),
            Amount = recipient.Amount,
            Status = RecipientStatus.RecipientWaiting,
        };
        if (failure is not null)
        {
            row.Status = RecipientStatus.RecipientFailed;
            row.Reason = failure.Reason;
            row.Signature = failure.Signature?.ToString() ?? "";
        }
        else if (batch is { Status: BatchStatus.Signed or BatchStatus.Confirmed or BatchStatus.Finalized } covering)
        {
            row.Status = covering.Status == BatchStatus.Signed ? RecipientStatus.RecipientInFlight : RecipientStatus.RecipientPaid;
            row.Finalized = covering.Status == BatchStatus.Finalized;
            row.Signature = covering.Signature.ToString();
        }

        return row;
    }
}
