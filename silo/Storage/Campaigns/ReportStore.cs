using Cluster.Solana;
using Npgsql;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Reads what became of each recipient, a page at a time.</summary>
internal sealed class ReportStore(Database database)
{
    /// <summary>Sequences that one batch can span; see the check of <c>campaign_batches</c>.</summary>
    private const int MaxBatchSpan = 64;

    /// <summary>Recipients in order of sequence with their lines.</summary>
    public Task<IReadOnlyList<ReportedRecipient>> ListRecipients(
        string campaignId, long after, int limit, CancellationToken cancellationToken) =>
        database.Query(
            """
            select sequence, line, owner, amount from campaign_recipients
            where campaign_id = $1 and sequence > $2 order by sequence limit $3
            """,
            [Sql.Text(campaignId), Sql.Big(after), Sql.Int(limit)],
            reader => new ReportedRecipient(
                reader.GetInt64(0),
                reader.GetInt64(1),
                PublicKey.FromBytes(reader.GetFieldValue<byte[]>(2)),
                Database.BaseUnits(reader, 3)),
            cancellationToken);

    /// <summary>The batches, one at most for each recipient, that cover a range; in order.</summary>
    public Task<IReadOnlyList<ReportedBatch>> ListBatches(
        string campaignId, long first, long last, CancellationToken cancellationToken) =>
        database.Query(
            """
            select first_sequence, last_sequence, status, signature from campaign_batches
            where campaign_id = $1 and first_sequence between $2 and $3 and last_sequence >= $4 and status <> 'replaced'
            order by first_sequence
            """,
            [Sql.Text(campaignId), Sql.Big(first - MaxBatchSpan + 1), Sql.Big(last), Sql.Big(first)],
            Read,
            cancellationToken);

    private static ReportedBatch Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetInt64(1),
        RowText.ParseBatchStatus(reader.GetString(2)),
        Signature.FromBytes(reader.GetFieldValue<byte[]>(3)));
}

/// <summary>A recipient as the report names it.</summary>
internal readonly record struct ReportedRecipient(long Sequence, long Line, PublicKey Owner, ulong Amount);

/// <summary>The batch that covers some of the report's recipients.</summary>
internal readonly record struct ReportedBatch(long First, long Last, BatchStatus Status, Signature Signature);
