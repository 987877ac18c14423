using Cluster.Solana;
using Npgsql;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Reads and writes <c>campaign_batches</c>, many rows a statement.</summary>
internal sealed class BatchStore(Database database)
{
    private const string Open = "('signed', 'confirmed', 'expired', 'rejected', 'unfunded')";

    /// <summary>The batches of a lane whose recipients are neither paid for good nor failed nor in a later batch.</summary>
    public Task<IReadOnlyList<BatchRecord>> ListOpen(string campaignId, int lane, CancellationToken cancellationToken) =>
        database.Query(
            $"""
            select batch, first_sequence, last_sequence, status, attempts, signature, last_valid_block_height, slot,
                   amount, fee_lamports, rent_lamports, error
            from campaign_batches where campaign_id = $1 and lane = $2 and status in {Open} order by batch
            """,
            [Sql.Text(campaignId), Sql.Int(lane)],
            Read,
            cancellationToken);

    /// <summary>The signed bytes of batches whose outcome is not final, to be handed to a sender again.</summary>
    /// <param name="campaignId">Whose.</param>
    /// <param name="lane">Which lane's.</param>
    /// <param name="after">The last batch of the page before; -1 for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<UnsettledBatch>> ListUnsettled(
        string campaignId, int lane, long after, int limit, CancellationToken cancellationToken) =>
        database.Query(
            """
            select batch, signature, transaction, last_valid_block_height
            from campaign_batches
            where campaign_id = $1 and lane = $2 and status in ('signed', 'confirmed') and batch > $3
            order by batch limit $4
            """,
            [Sql.Text(campaignId), Sql.Int(lane), Sql.Big(after), Sql.Int(limit)],
            reader => new UnsettledBatch(
                reader.GetInt64(0),
                new SignedTransaction(
                    Signature.FromBytes(reader.GetFieldValue<byte[]>(1)),
                    reader.GetFieldValue<byte[]>(2),
                    checked((ulong)reader.GetInt64(3)))),
            cancellationToken);

    /// <summary>Inserts signed batches with their bytes.</summary>
    public static void Insert(Changes changes, LaneRecord lane, IReadOnlyList<BatchRecord> batches, IReadOnlyList<byte[]> transactions)
    {
        if (batches.Count == 0)
        {
            return;
        }

        changes.Add(
            """
            insert into campaign_batches (campaign_id, lane, batch, first_sequence, last_sequence, status, attempts,
              transaction, signature, last_valid_block_height, amount, fee_lamports, rent_lamports)
            select $1, $2, batch, first_sequence, last_sequence, 'signed', attempts, transaction, signature, height,
              amount, fee, rent
            from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
              as u(batch, first_sequence, last_sequence, attempts, transaction, signature, height, amount, fee, rent)
            """,
            Sql.Text(lane.CampaignId),
            Sql.Int(lane.Lane),
            SqlArray.Big([.. batches.Select(batch => batch.Batch)]),
            SqlArray.Big([.. batches.Select(batch => batch.First)]),
            SqlArray.Big([.. batches.Select(batch => batch.Last)]),
            SqlArray.Int([.. batches.Select(batch => batch.Attempts)]),
            SqlArray.Bytes([.. transactions]),
            SqlArray.Bytes([.. batches.Select(batch => batch.Signature.AsSpan().ToArray())]),
            SqlArray.Big([.. batches.Select(batch => checked((long)batch.LastValidBlockHeight))]),
            SqlArray.BaseUnits([.. batches.Select(batch => (decimal)batch.Amount)]),
            SqlArray.BaseUnits([.. batches.Select(batch => (decimal)batch.Fee)]),
            SqlArray.BaseUnits([.. batches.Select(batch => (decimal)batch.Rent)]));
    }

    /// <summary>Writes what became of open batches; the bytes go with a final status.</summary>
    public static void Settle(Changes changes, LaneRecord lane, IReadOnlyList<BatchRecord> batches)
    {
        if (batches.Count == 0)
        {
            return;
        }

        AddExact(
            changes,
            $"""
            update campaign_batches b set status = u.status, slot = u.slot, error = u.error,
              transaction = case when u.status in ('signed', 'confirmed') then b.transaction end
            from unnest($3, $4, $5, $6) as u(batch, status, slot, error)
            where b.campaign_id = $1 and b.lane = $2 and b.batch = u.batch and b.status in {Open}
            """,
            $"batches of lane {lane.CampaignId}/{lane.Lane}",
            batches.Count,
            Sql.Text(lane.CampaignId),
            Sql.Int(lane.Lane),
            SqlArray.Big([.. batches.Select(batch => batch.Batch)]),
            SqlArray.Text([.. batches.Select(batch => RowText.Of(batch.Status))]),
            SqlArray.Big([.. batches.Select(batch => checked((long)batch.Slot))]),
            SqlArray.Text([.. batches.Select(batch => batch.Error)]));
    }

    /// <summary>
    /// Marks batches whose recipients go into later batches or fail; only one that expired or landed without paying can
    /// be replaced, or nothing is committed.
    /// </summary>
    public static void Replace(Changes changes, LaneRecord lane, IReadOnlyList<long> batches)
    {
        if (batches.Count == 0)
        {
            return;
        }

        AddExact(
            changes,
            """
            update campaign_batches set status = 'replaced'
            where campaign_id = $1 and lane = $2 and batch = any($3) and status in ('expired', 'rejected', 'unfunded')
            """,
            $"batches of lane {lane.CampaignId}/{lane.Lane}",
            batches.Count,
            Sql.Text(lane.CampaignId),
            Sql.Int(lane.Lane),
            SqlArray.Big([.. batches]));
    }

    /// <summary>Adds an update that must touch exactly so many rows, or all of the changes fail as stale.</summary>
    private static void AddExact(
        Changes changes, string update, string what, int count, params ReadOnlySpan<NpgsqlParameter> parameters) =>
        changes.Add(
            $"""
            with touched as ({update} returning 1)
            select require_one((select count(*) from touched) - ${parameters.Length + 1} + 1, ${parameters.Length + 2})
            """,
            [.. parameters, Sql.Big(count), Sql.Text(what)]);

    private static BatchRecord Read(NpgsqlDataReader reader) => new()
    {
        Batch = reader.GetInt64(0),
        First = reader.GetInt64(1),
        Last = reader.GetInt64(2),
        Status = RowText.ParseBatchStatus(reader.GetString(3)),
        Attempts = reader.GetInt32(4),
        Signature = Signature.FromBytes(reader.GetFieldValue<byte[]>(5)),
        LastValidBlockHeight = checked((ulong)reader.GetInt64(6)),
        Slot = checked((ulong)reader.GetInt64(7)),
        Amount = Database.BaseUnits(reader, 8),
        Fee = Database.BaseUnits(reader, 9),
        Rent = Database.BaseUnits(reader, 10),
        Error = reader.GetString(11),
    };
}

/// <summary>A batch that a sender must take up again.</summary>
/// <param name="Batch">Its number.</param>
/// <param name="Transaction">As it was committed.</param>
internal readonly record struct UnsettledBatch(long Batch, SignedTransaction Transaction);
