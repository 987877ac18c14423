using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;
using Google.Protobuf.Collections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Grains.Campaigns.Uploads;

/// <summary>
/// Answers UploadRecipients: rows stream through a check into a staging table, and from there, all or none, into the
/// campaign. The campaign's grain reserves the campaign for one upload at a time.
/// </summary>
internal sealed class RecipientUploads(
    IGrains grains,
    Database database,
    IRequestStore requests,
    IOptions<UploadOptions> options,
    TimeProvider time,
    ILogger<RecipientUploads> logger)
{
    private const string Method = "cluster.v1.Campaigns.UploadRecipients";
    private const int LongestRequestId = 128;

    /// <summary>Renewed well before <see cref="CampaignGrain.UploadLease"/> ends.</summary>
    private static readonly TimeSpan RenewLeaseAfter = CampaignGrain.UploadLease / 3;

    public async Task<UploadReport> UploadRecipients(IAsyncEnumerable<UploadRecipientsRequest> parts, Call call)
    {
        await using var stream = parts.EndWhenIdle(options.Value.IdleTimeout, time, TooIdle, call.Cancellation).GetAsyncEnumerator(call.Cancellation);
        var header = await ReadHeader(stream);
        using var digest = new RowDigest(header);
        var grain = new GrainId("campaign", header.CampaignId);
        if (await requests.Find(grain, header.RequestId, call.Cancellation) is { } answered)
        {
            return await Repeat(stream, header, digest, answered);
        }

        var upload = new OpenUploadRequest { CampaignId = header.CampaignId, UploadId = UploadTicket.New(header.RequestId) };
        var campaign = (await grains.Call<OpenUploadReply>(upload, call)).Campaign;
        var isStored = false;
        try
        {
            var report = await Store(stream, header, digest, campaign, upload, call);
            isStored = true;
            return report;
        }
        finally
        {
            await Close(upload, call, isStored);
        }
    }

    private static async Task<UploadHeader> ReadHeader(IAsyncEnumerator<UploadRecipientsRequest> stream)
    {
        var header = await stream.MoveNextAsync() ? stream.Current.Header : null;
        if (header is null)
        {
            throw Invalid("An upload begins with a header that names request_id, campaign_id and unit.");
        }

        CampaignIds.Require(header.CampaignId);
        if (header.RequestId.Length is 0 or > LongestRequestId)
        {
            throw Invalid($"The request_id of an upload must have 1 to {LongestRequestId} characters, not {header.RequestId.Length}.");
        }

        return header.Unit is AmountUnit.BaseUnits or AmountUnit.Tokens
            ? header
            : throw Invalid("The unit of an upload must be BASE_UNITS or TOKENS; it is never guessed.");
    }

    /// <summary>The rows must be read to know whether this is the same upload again.</summary>
    private static async Task<UploadReport> Repeat(
        IAsyncEnumerator<UploadRecipientsRequest> stream, UploadHeader header, RowDigest digest, RecordedReply answered)
    {
        while (await stream.MoveNextAsync())
        {
            foreach (var row in RowsOf(stream.Current))
            {
                digest.Add(row);
            }
        }

        return answered.Method == Method && answered.RequestHash.Span.SequenceEqual(digest.Finish())
            ? UploadReport.Parser.ParseFrom(answered.Reply.Span)
            : throw new ClusterException(
                StatusCode.AlreadyExists,
                $"The request_id '{header.RequestId}' was used for another request of campaign {header.CampaignId}: choose a new one for other rows.");
    }

    private async Task<UploadReport> Store(
        IAsyncEnumerator<UploadRecipientsRequest> stream,
        UploadHeader header,
        RowDigest digest,
        Campaign campaign,
        OpenUploadRequest upload,
        Call call)
    {
        await using var staging = await UploadStaging.Begin(database, call.Cancellation);
        var reader = new RowReader(header.Unit, checked((byte)campaign.Decimals), campaign.OffCurve);
        var room = FailureStore.MaxUploadFailures - (long)campaign.RejectedRows;
        var (rows, refused) = (0L, 0L);
        var renewed = time.GetTimestamp();
        while (await stream.MoveNextAsync())
        {
            foreach (var row in RowsOf(stream.Current))
            {
                rows++;
                digest.Add(row);
                var line = (long)Math.Min(row.Line, long.MaxValue);
                if (reader.Read(row, out var owner, out var units) is not { } reason)
                {
                    await staging.Accept(line, owner, units, row.Address, row.Amount, call.Cancellation);
                }
                else if (++refused <= room)
                {
                    await staging.Refuse(line, row.Address, row.Amount, reason, call.Cancellation);
                }
            }

            if (time.GetElapsedTime(renewed) > RenewLeaseAfter)
            {
                await grains.Call<OpenUploadReply>(upload, call);
                renewed = time.GetTimestamp();
            }
        }

        await staging.EndOfRows(call.Cancellation);
        return await Commit(staging, header, digest, upload.UploadId, rows, Math.Max(0, refused - Math.Max(0, room)), call);
    }

    private async Task<UploadReport> Commit(
        UploadStaging staging, UploadHeader header, RowDigest digest, string uploadId, long rows, long uncounted, Call call)
    {
        var before = await CampaignStore.Find(staging.Connection, header.CampaignId, forUpdate: true, call.Cancellation)
            ?? throw CampaignIds.NotFound(header.CampaignId);
        if (before.UploadId != uploadId)
        {
            throw new ClusterException(
                StatusCode.Aborted, $"Another upload to campaign {header.CampaignId} took over; nothing of this one was stored. Upload again.");
        }

        var result = await UploadMerge.Run(staging, before, uncounted, call.Cancellation);
        if (result.IsOverflow)
        {
            throw Invalid($"Campaign {header.CampaignId} would owe {result.Total} base units; at most {ulong.MaxValue} are possible. Nothing was stored.");
        }

        var after = before with
        {
            State = before.Recipients + result.Accepted > 0
                ? CampaignLifecycle.Apply(before.CampaignId, before.State, CampaignEvent.RecipientsStored)
                : before.State,
            Recipients = before.Recipients + result.Accepted,
            TotalAmount = (ulong)result.Total,
            RejectedRows = before.RejectedRows + result.Rejected,
            MissingAccounts = null,
            UploadId = null,
            UploadLease = null,
            Version = before.Version + 1,
        };
        var report = new UploadReport
        {
            CampaignId = header.CampaignId,
            Rows = (ulong)rows,
            Accepted = (ulong)result.Accepted,
            Merged = (ulong)result.Merged,
            Rejected = (ulong)result.Rejected,
            TotalAmount = after.TotalAmount,
            Failures = { result.FirstFailures },
            Campaign = after.ToMessage(),
        };
        var grain = new GrainId("campaign", header.CampaignId);
        var changes = database.Change();
        CampaignStore.UpdateAfterUpload(changes, before, after);
        changes.Audit(call, "campaign.upload", grain, new AuditDetail()
            .Add("rows", (ulong)rows).Add("accepted", (ulong)result.Accepted).Add("merged", (ulong)result.Merged)
            .Add("rejected", (ulong)result.Rejected).Add("total_amount", after.TotalAmount).ToString());
        changes.Answer(call with { Idempotency = new IdempotencyKey(grain, header.RequestId, Method, digest.Finish()) }, report);
        await staging.Commit(changes, call.Cancellation);
        CampaignLog.Uploaded(logger, header.CampaignId, rows, result.Accepted, result.Merged, result.Rejected);
        return report;
    }

    /// <summary>
    /// Gives the campaign free again, even where the caller has gone. Where the upload was stored it is free already, and
    /// a failure here must not hide that: the lease ends by itself.
    /// </summary>
    private async Task Close(OpenUploadRequest upload, Call call, bool isStored)
    {
        if (isStored)
        {
            return;
        }

        try
        {
            var close = new CloseUploadRequest { CampaignId = upload.CampaignId, UploadId = upload.UploadId };
            await grains.Call<Campaign>(close, call with { Cancellation = CancellationToken.None, Deadline = null });
        }
        catch (ClusterException error)
        {
            CampaignLog.UploadNotClosed(logger, upload.CampaignId, error);
        }
    }

    private static RepeatedField<RecipientRow> RowsOf(UploadRecipientsRequest part) => part.PartCase switch
    {
        UploadRecipientsRequest.PartOneofCase.Rows => part.Rows.Rows,
        UploadRecipientsRequest.PartOneofCase.Header => throw Invalid("An upload has one header, in its first message."),
        _ => throw Invalid("A message of an upload has neither a header nor rows."),
    };

    private ClusterException TooIdle() => new(
        StatusCode.DeadlineExceeded,
        $"The upload sent nothing for {options.Value.IdleTimeout.TotalSeconds:0.###} s; nothing of it was stored. Upload again, and send the rows without such pauses ({UploadOptions.Section}:{nameof(UploadOptions.IdleTimeout)}).");

    private static ClusterException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
