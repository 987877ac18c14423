using Npgsql;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Reads and writes <c>campaign_lanes</c>.</summary>
internal sealed class LaneStore(Database database)
{
    private const string Columns =
        """
        campaign_id, lane, wallet_id, state, paused, cancelled, stalled, first_sequence, last_sequence, next_sequence,
        next_batch, token_deposit, token_attempt, token_arrived, lamport_deposit, lamport_attempt, lamport_arrived,
        sweep_attempt, version, landed_slot, setbacks, fee_price, paid, paid_amount, finalized, in_flight, failed,
        transactions, fees, rent, resigned
        """;

    private const int ProgressOrdinal = 22;

    public async Task<LaneRecord?> Find(string campaignId, int lane, CancellationToken cancellationToken)
    {
        var found = await database.Query(
            $"select {Columns} from campaign_lanes where campaign_id = $1 and lane = $2",
            [Sql.Text(campaignId), Sql.Int(lane)],
            Read,
            cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>All lanes of a campaign, by number.</summary>
    public Task<IReadOnlyList<LaneRecord>> List(string campaignId, CancellationToken cancellationToken) =>
        database.Query(
            $"select {Columns} from campaign_lanes where campaign_id = $1 order by lane",
            [Sql.Text(campaignId)],
            Read,
            cancellationToken);

    public static void Insert(Changes changes, LaneRecord lane) =>
        changes.Add(
            """
            insert into campaign_lanes (campaign_id, lane, wallet_id, state, first_sequence, last_sequence, next_sequence)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            Sql.Text(lane.CampaignId),
            Sql.Int(lane.Lane),
            Sql.Text(lane.WalletId),
            Sql.Text(RowText.Of(lane.State)),
            Sql.Big(lane.First),
            Sql.Big(lane.Last),
            Sql.Big(lane.Next));

    /// <summary>Writes the lane, if the row still has the record's version; the row's becomes one more.</summary>
    public static void Update(Changes changes, LaneRecord lane) =>
        changes.AddGuarded(
            """
            update campaign_lanes set state = $4, paused = $5, cancelled = $6, stalled = $7, next_sequence = $8,
              next_batch = $9, token_deposit = $10, token_attempt = $11, token_arrived = $12, lamport_deposit = $13,
              lamport_attempt = $14, lamport_arrived = $15, sweep_attempt = $16, paid = $17, paid_amount = $18,
              finalized = $19, in_flight = $20, failed = $21, transactions = $22, fees = $23, rent = $24,
              resigned = $25, landed_slot = $26, setbacks = $27, fee_price = $28, version = version + 1
            where campaign_id = $1 and lane = $2 and version = $3 and next_sequence <= $8
            """,
            $"lane {lane.CampaignId}/{lane.Lane}",
            Sql.Text(lane.CampaignId),
            Sql.Int(lane.Lane),
            Sql.Big(lane.Version),
            Sql.Text(RowText.Of(lane.State)),
            Sql.Bool(lane.Paused),
            Sql.Bool(lane.Cancelled),
            Sql.Text(lane.Stalled),
            Sql.Big(lane.Next),
            Sql.Big(lane.NextBatch),
            Sql.BaseUnits(lane.Tokens.Amount),
            Sql.Int(lane.Tokens.Attempt),
            Sql.Bool(lane.Tokens.Arrived),
            Sql.BaseUnits(lane.Lamports.Amount),
            Sql.Int(lane.Lamports.Attempt),
            Sql.Bool(lane.Lamports.Arrived),
            Sql.Int(lane.SweepAttempt),
            Sql.Big(lane.Progress.Paid),
            Sql.BaseUnits(lane.Progress.PaidAmount),
            Sql.Big(lane.Progress.Finalized),
            Sql.Big(lane.Progress.InFlight),
            Sql.Big(lane.Progress.Failed),
            Sql.Big(lane.Progress.Transactions),
            Sql.BaseUnits(lane.Progress.Fees),
            Sql.BaseUnits(lane.Progress.Rent),
            Sql.Big(lane.Progress.Resigned),
            Sql.Big(checked((long)lane.LandedSlot)),
            Sql.Int(lane.Setbacks),
            Sql.BaseUnitsOrNull(lane.FeePrice));

    /// <summary>Reads nine columns, in the order of <see cref="LaneProgress"/>.</summary>
    internal static LaneProgress ReadProgress(NpgsqlDataReader reader, int ordinal) => new(
        reader.GetInt64(ordinal),
        Database.BaseUnits(reader, ordinal + 1),
        reader.GetInt64(ordinal + 2),
        reader.GetInt64(ordinal + 3),
        reader.GetInt64(ordinal + 4),
        reader.GetInt64(ordinal + 5),
        Database.BaseUnits(reader, ordinal + 6),
        Database.BaseUnits(reader, ordinal + 7),
        reader.GetInt64(ordinal + 8));

    private static LaneRecord Read(NpgsqlDataReader reader) => new()
    {
        CampaignId = reader.GetString(0),
        Lane = reader.GetInt32(1),
        WalletId = reader.GetString(2),
        State = RowText.ParseLaneState(reader.GetString(3)),
        Paused = reader.GetBoolean(4),
        Cancelled = reader.GetBoolean(5),
        Stalled = reader.GetString(6),
        First = reader.GetInt64(7),
        Last = reader.GetInt64(8),
        Next = reader.GetInt64(9),
        NextBatch = reader.GetInt64(10),
        Tokens = new Deposit(Database.BaseUnits(reader, 11), reader.GetInt32(12), reader.GetBoolean(13)),
        Lamports = new Deposit(Database.BaseUnits(reader, 14), reader.GetInt32(15), reader.GetBoolean(16)),
        SweepAttempt = reader.GetInt32(17),
        Version = reader.GetInt64(18),
        LandedSlot = checked((ulong)reader.GetInt64(19)),
        Setbacks = reader.GetInt32(20),
        FeePrice = reader.IsDBNull(21) ? null : Database.BaseUnits(reader, 21),
        Progress = ReadProgress(reader, ProgressOrdinal),
    };
}
