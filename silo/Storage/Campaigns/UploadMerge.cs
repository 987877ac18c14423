using Cluster.V1;
using Npgsql;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>
/// Moves an upload's rows from its staging table into the campaign, set by set: duplicates by the campaign's policy,
/// the good ones into <c>campaign_recipients</c> with the next sequences, the refused ones into
/// <c>campaign_failures</c>.
/// </summary>
internal static class UploadMerge
{
    private const int ReportedFailures = 100;

    /// <summary>Moves the rows.</summary>
    /// <param name="staging">Its rows are all there.</param>
    /// <param name="campaign">Locked within the same transaction.</param>
    /// <param name="uncounted">Rows refused beyond those that were staged.</param>
    /// <param name="cancellationToken">Gives up; nothing is moved.</param>
    public static async Task<UploadResult> Run(
        UploadStaging staging, CampaignRecord campaign, long uncounted, CancellationToken cancellationToken)
    {
        var stagedTotal = await SumOfGoodRows(staging, cancellationToken);
        var merged = 0L;
        switch (campaign.Duplicates)
        {
            case DuplicatePolicy.DuplicatesReject:
                await RefuseDuplicates(staging, campaign, cancellationToken);
                stagedTotal = await SumOfGoodRows(staging, cancellationToken);
                break;
            case DuplicatePolicy.DuplicatesMerge:
                merged = await MarkMerged(staging, campaign, cancellationToken);
                break;
        }

        var total = campaign.TotalAmount + stagedTotal;
        if (total > ulong.MaxValue)
        {
            return UploadResult.Overflow(total);
        }

        if (merged > 0)
        {
            await AddToEarlierUploads(staging, campaign, cancellationToken);
        }

        var accepted = await InsertRecipients(staging, campaign, cancellationToken);
        var refused = await InsertFailures(staging, campaign, cancellationToken);
        return new UploadResult(total, accepted, merged, refused + uncounted, await FirstFailures(staging, cancellationToken));
    }

    /// <summary>The numeric sum of fewer than 2^32 amounts of 64 bits fits a decimal.</summary>
    private static Task<decimal> SumOfGoodRows(UploadStaging staging, CancellationToken cancellationToken) =>
        staging.Single(
            "select coalesce(sum(units), 0) from upload_rows where reason is null",
            reader => reader.GetDecimal(0),
            cancellationToken);

    private static async Task RefuseDuplicates(UploadStaging staging, CampaignRecord campaign, CancellationToken cancellationToken)
    {
        await staging.Execute(
            """
            update upload_rows u set reason = 'the address stands in line ' || d.first_line || ' already'
            from (
              select ordinal, row_number() over same as place, first_value(line) over same as first_line
              from upload_rows where reason is null window same as (partition by owner order by ordinal)) d
            where d.ordinal = u.ordinal and d.place > 1
            """,
            cancellationToken);
        if (campaign.Recipients > 0)
        {
            await staging.Execute(
                """
                update upload_rows u set reason = 'the address was uploaded before, in line ' || r.line
                from campaign_recipients r
                where r.campaign_id = $1 and r.owner = u.owner and u.reason is null
                """,
                cancellationToken,
                Sql.Text(campaign.CampaignId));
        }
    }

    /// <summary>Gives each address its first row with the sum of all of them, and says how many rows were added to another.</summary>
    private static async Task<long> MarkMerged(UploadStaging staging, CampaignRecord campaign, CancellationToken cancellationToken)
    {
        await staging.Execute(
            """
            create temporary table upload_sums on commit drop as
            select owner, min(ordinal) as ordinal, sum(units) as units, count(*) as rows, false as known
            from upload_rows where reason is null group by owner
            """,
            cancellationToken);
        if (campaign.Recipients > 0)
        {
            await staging.Execute("analyze upload_sums", cancellationToken);
            await staging.Execute(
                """
                update upload_sums s set known = true
                from campaign_recipients r where r.campaign_id = $1 and r.owner = s.owner
                """,
                cancellationToken,
                Sql.Text(campaign.CampaignId));
        }

        return await staging.Single(
            "select coalesce(sum(rows - case when known then 0 else 1 end), 0)::bigint from upload_sums",
            reader => reader.GetInt64(0),
            cancellationToken);
    }

    private static Task<int> AddToEarlierUploads(UploadStaging staging, CampaignRecord campaign, CancellationToken cancellationToken) =>
        staging.Execute(
            """
            update campaign_recipients r set amount = r.amount + s.units
            from upload_sums s where s.known and r.campaign_id = $1 and r.owner = s.owner
            """,
            cancellationToken,
            Sql.Text(campaign.CampaignId));

    private static async Task<long> InsertRecipients(UploadStaging staging, CampaignRecord campaign, CancellationToken cancellationToken)
    {
        var rows = campaign.Duplicates == DuplicatePolicy.DuplicatesMerge
            ? """
              select s.ordinal, r.line, s.owner, s.units
              from upload_sums s join upload_rows r on r.ordinal = s.ordinal where not s.known
              """
            : "select ordinal, line, owner, units from upload_rows where reason is null";
        return await staging.Execute(
            $"""
            insert into campaign_recipients (campaign_id, sequence, line, owner, amount)
            select $1, $2 + row_number() over (order by ordinal), line, owner, units from ({rows}) rows
            """,
            cancellationToken,
            Sql.Text(campaign.CampaignId),
            Sql.Big(campaign.Recipients));
    }

    /// <summary>Keeps as many refused rows as the campaign may still keep, and counts all of them.</summary>
    private static async Task<long> InsertFailures(UploadStaging staging, CampaignRecord campaign, CancellationToken cancellationToken)
    {
        var room = Math.Max(0, FailureStore.MaxUploadFailures - campaign.RejectedRows);
        await staging.Execute(
            """
            insert into campaign_failures (campaign_id, stage, line, address, amount, reason)
            select $1, 'upload', line, address, amount, reason from upload_rows
            where reason is not null order by ordinal limit $2
            """,
            cancellationToken,
            Sql.Text(campaign.CampaignId),
            Sql.Big(room));
        return await staging.Single(
            "select count(*) from upload_rows where reason is not null", reader => reader.GetInt64(0), cancellationToken);
    }

    private static async Task<IReadOnlyList<Failure>> FirstFailures(UploadStaging staging, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select line, address, amount, reason from upload_rows
            where reason is not null order by ordinal limit {ReportedFailures}
            """,
            staging.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var failures = new List<Failure>();
        while (await reader.ReadAsync(cancellationToken))
        {
            failures.Add(new Failure
            {
                Stage = FailureStage.Upload,
                Line = (ulong)reader.GetInt64(0),
                Address = reader.GetString(1),
                Amount = reader.GetString(2),
                Reason = reader.GetString(3),
            });
        }

        return failures;
    }
}

/// <summary>What an upload did.</summary>
/// <param name="Total">Base units owed to all recipients of the campaign.</param>
/// <param name="Accepted">New recipients.</param>
/// <param name="Merged">Rows added to another row's amount.</param>
/// <param name="Rejected">Rows refused.</param>
/// <param name="FirstFailures">Some of the refused rows.</param>
internal sealed record UploadResult(
    decimal Total, long Accepted, long Merged, long Rejected, IReadOnlyList<Failure> FirstFailures)
{
    /// <summary>The campaign would owe more than 2^64 - 1 base units.</summary>
    public bool IsOverflow => Total > ulong.MaxValue;

    /// <summary>Nothing was moved.</summary>
    public static UploadResult Overflow(decimal total) => new(total, 0, 0, 0, []);
}
