using Cluster.Solana;
using Cluster.V1;
using Npgsql;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Reads and writes <c>campaigns</c>.</summary>
internal sealed class CampaignStore(Database database)
{
    private const string Columns =
        """
        c.campaign_id, c.name, c.wallet_id, c.mint, c.token_program, c.decimals, c.state, c.duplicates, c.off_curve,
        c.lanes, c.derivation_index, c.recipients, c.total_amount, c.rejected_rows, c.missing_accounts, c.upload_id,
        c.upload_lease, c.pause_reason, c.created_at, c.started_at, c.ended_at, c.version
        """;

    private const int ColumnCount = 22;

    private const string Overview =
        $"""
        select {Columns}, p.paid, p.paid_amount, p.finalized, p.in_flight, p.failed, p.transactions, p.fees, p.rent,
               p.resigned, p.swept
        from campaigns c cross join lateral (
          select coalesce(sum(paid), 0)::bigint paid, coalesce(sum(paid_amount), 0) paid_amount,
                 coalesce(sum(finalized), 0)::bigint finalized, coalesce(sum(in_flight), 0)::bigint in_flight,
                 coalesce(sum(failed), 0)::bigint failed, coalesce(sum(transactions), 0)::bigint transactions,
                 coalesce(sum(fees), 0) fees, coalesce(sum(rent), 0) rent, coalesce(sum(resigned), 0)::bigint resigned,
                 count(*) filter (where state = 'done') swept
          from campaign_lanes l where l.campaign_id = c.campaign_id) p
        """;

    public async Task<CampaignRecord?> Find(string campaignId, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        return await Find(connection, campaignId, forUpdate: false, cancellationToken);
    }

    /// <summary>Reads the row within the connection's transaction.</summary>
    public static async Task<CampaignRecord?> Find(
        NpgsqlConnection connection, string campaignId, bool forUpdate, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from campaigns c where campaign_id = $1{(forUpdate ? " for update" : "")}", connection);
        command.Parameters.Add(Sql.Text(campaignId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReadRecord(reader) : null;
    }

    /// <summary>The row and the progress of all its lanes, of one moment.</summary>
    public async Task<CampaignOverview?> FindOverview(string campaignId, CancellationToken cancellationToken)
    {
        var found = await database.Query(
            $"{Overview} where c.campaign_id = $1", [Sql.Text(campaignId)], ReadOverview, cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Newest first.</summary>
    /// <param name="state">Only this one; any where null.</param>
    /// <param name="after">The last campaign of the page before; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<CampaignOverview>> List(
        CampaignState? state, CampaignPosition? after, int limit, CancellationToken cancellationToken)
    {
        var conditions = new List<string>();
        var parameters = new List<NpgsqlParameter> { Sql.Int(limit) };
        if (state is { } only)
        {
            parameters.Add(Sql.Text(RowText.Of(only)));
            conditions.Add($"c.state = ${parameters.Count}");
        }

        if (after is { } position)
        {
            parameters.Add(Sql.Time(position.CreatedAt));
            parameters.Add(Sql.Text(position.CampaignId));
            conditions.Add($"(c.created_at < ${parameters.Count - 1} or (c.created_at = ${parameters.Count - 1} and c.campaign_id > ${parameters.Count}))");
        }

        var where = conditions.Count == 0 ? "" : $"where {string.Join(" and ", conditions)}";
        return database.Query(
            $"{Overview} {where} order by c.created_at desc, c.campaign_id limit $1",
            [.. parameters],
            ReadOverview,
            cancellationToken);
    }

    /// <summary>How many campaigns are open, by state; those that the cluster paused itself count as <c>stalled</c>.</summary>
    public Task<IReadOnlyList<(string State, long Count)>> CountOpen(CancellationToken cancellationToken) => database.Query(
        """
        select open.state, count(c.campaign_id)
        from unnest(array['running', 'paused', 'stalled', 'cancelling']) open (state)
        left join campaigns c
          on c.state in ('running', 'paused', 'cancelling')
          and open.state = case when c.state = 'paused' and c.pause_reason <> '' then 'stalled' else c.state end
        group by open.state
        """,
        [],
        static row => (row.GetString(0), row.GetInt64(1)),
        cancellationToken);

    /// <summary>Inserts a campaign that does not exist.</summary>
    public static void Insert(Changes changes, CampaignRecord record) =>
        changes.Add(
            """
            insert into campaigns (campaign_id, name, wallet_id, mint, token_program, decimals, state, duplicates,
              off_curve, lanes, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            Sql.Text(record.CampaignId),
            Sql.Text(record.Name),
            Sql.Text(record.WalletId),
            KeyOrNull(record.Mint),
            KeyOrNull(record.TokenProgram),
            Sql.Int(record.Decimals),
            Sql.Text(RowText.Of(record.State)),
            Sql.Text(RowText.Of(record.Duplicates)),
            Sql.Text(RowText.Of(record.OffCurve)),
            Sql.Int(record.Lanes),
            Sql.Time(record.CreatedAt));

    /// <summary>Writes what a turn may change, if the row still has the record's version; the row's becomes one more.</summary>
    public static void Update(Changes changes, CampaignRecord record) =>
        changes.AddGuarded(
            """
            update campaigns set state = $3, lanes = $4, upload_id = $5, upload_lease = $6, pause_reason = $7,
              started_at = $8, ended_at = $9, version = version + 1
            where campaign_id = $1 and version = $2
            """,
            $"campaign {record.CampaignId}",
            Sql.Text(record.CampaignId),
            Sql.Big(record.Version),
            Sql.Text(RowText.Of(record.State)),
            Sql.Int(record.Lanes),
            Sql.TextOrNull(record.UploadId),
            Sql.TimeOrNull(record.UploadLease),
            Sql.Text(record.PauseReason),
            Sql.TimeOrNull(record.StartedAt),
            Sql.TimeOrNull(record.EndedAt));

    /// <summary>Writes what an upload changes, within the transaction that stores its rows and has locked the row.</summary>
    public static void UpdateAfterUpload(Changes changes, CampaignRecord before, CampaignRecord after) =>
        changes.AddGuarded(
            """
            update campaigns set state = $3, recipients = $4, total_amount = $5, rejected_rows = $6,
              missing_accounts = null, upload_id = null, upload_lease = null, version = version + 1
            where campaign_id = $1 and version = $2
            """,
            $"campaign {before.CampaignId}",
            Sql.Text(before.CampaignId),
            Sql.Big(before.Version),
            Sql.Text(RowText.Of(after.State)),
            Sql.Big(after.Recipients),
            Sql.BaseUnits(after.TotalAmount),
            Sql.Big(after.RejectedRows));

    /// <summary>
    /// Notes how many token accounts an estimate found missing. A hint for the start's check of funds, no part of the
    /// aggregate: it has no version, and is dropped where the recipients have changed meanwhile.
    /// </summary>
    public async Task NoteMissingAccounts(string campaignId, long recipients, long missing, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(
            """
            update campaigns set missing_accounts = $3
            where campaign_id = $1 and recipients = $2 and state in ('draft', 'ready')
            """);
        command.AddAll([Sql.Text(campaignId), Sql.Big(recipients), Sql.Big(missing)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter KeyOrNull(PublicKey? key) => Sql.BytesOrNull(key?.AsSpan().ToArray());

    private static CampaignRecord ReadRecord(NpgsqlDataReader reader) => new()
    {
        CampaignId = reader.GetString(0),
        Name = reader.GetString(1),
        WalletId = reader.GetString(2),
        Mint = reader.IsDBNull(3) ? null : PublicKey.FromBytes(reader.GetFieldValue<byte[]>(3)),
        TokenProgram = reader.IsDBNull(4) ? null : PublicKey.FromBytes(reader.GetFieldValue<byte[]>(4)),
        Decimals = checked((byte)reader.GetInt16(5)),
        State = RowText.ParseCampaignState(reader.GetString(6)),
        Duplicates = RowText.ParseDuplicates(reader.GetString(7)),
        OffCurve = RowText.ParseOffCurve(reader.GetString(8)),
        Lanes = reader.GetInt32(9),
        DerivationIndex = reader.GetInt32(10),
        Recipients = reader.GetInt64(11),
        TotalAmount = Database.BaseUnits(reader, 12),
        RejectedRows = reader.GetInt64(13),
        MissingAccounts = reader.IsDBNull(14) ? null : reader.GetInt64(14),
        UploadId = reader.IsDBNull(15) ? null : reader.GetString(15),
        UploadLease = reader.IsDBNull(16) ? null : reader.GetFieldValue<DateTimeOffset>(16),
        PauseReason = reader.GetString(17),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(18),
        StartedAt = reader.IsDBNull(19) ? null : reader.GetFieldValue<DateTimeOffset>(19),
        EndedAt = reader.IsDBNull(20) ? null : reader.GetFieldValue<DateTimeOffset>(20),
        Version = reader.GetInt64(21),
    };

    private static CampaignOverview ReadOverview(NpgsqlDataReader reader) => new(
        ReadRecord(reader),
        LaneStore.ReadProgress(reader, ColumnCount),
        checked((int)reader.GetInt64(ColumnCount + 9)));
}

/// <summary>A campaign and how far its lanes are.</summary>
/// <param name="Campaign">Its row.</param>
/// <param name="Progress">Of all lanes together.</param>
/// <param name="LanesSwept">Lanes that are done.</param>
internal sealed record CampaignOverview(CampaignRecord Campaign, LaneProgress Progress, int LanesSwept);

/// <summary>Where a page of campaigns ends.</summary>
/// <param name="CreatedAt">Of its last campaign.</param>
/// <param name="CampaignId">Of its last campaign.</param>
internal readonly record struct CampaignPosition(DateTimeOffset CreatedAt, string CampaignId);
