using Cluster.Solana;
using Npgsql;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>Where a page of transfers begins.</summary>
/// <param name="CreatedAt">Of the last transfer of the page before.</param>
/// <param name="TransferId">Of the last transfer of the page before.</param>
public readonly record struct TransferPosition(DateTimeOffset CreatedAt, Guid TransferId);

/// <summary>Reads and writes <c>wallet_transactions</c>.</summary>
/// <param name="database">Holds them.</param>
public sealed class TransferStore(Database database)
{
    private const string Columns =
        """
        transfer_id, wallet_id, kind, destination, mint, amount, memo, status, fee_lamports, rent_lamports, transaction,
        signature, last_valid_block_height, slot, error, created_at, settled_at
        """;

    /// <summary>A transfer of a wallet; null where it has no such transfer.</summary>
    /// <param name="walletId">The wallet.</param>
    /// <param name="transferId">The transfer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TransferRecord?> Find(string walletId, Guid transferId, CancellationToken cancellationToken) =>
        (await database.Query(
            $"select {Columns} from wallet_transactions where transfer_id = $1 and wallet_id = $2",
            [Sql.Uuid(transferId), Sql.Text(walletId)],
            Read,
            cancellationToken)).SingleOrDefault();

    /// <summary>A wallet's transfers whose outcome can still change, oldest first.</summary>
    /// <param name="walletId">The wallet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<TransferRecord>> ListOpen(string walletId, CancellationToken cancellationToken) =>
        database.Query(
            $"select {Columns} from wallet_transactions where wallet_id = $1 and status in ('pending', 'confirmed') order by created_at, transfer_id",
            [Sql.Text(walletId)],
            Read,
            cancellationToken);

    /// <summary>The latest slot in which one of a wallet's last payments landed; 0 where none has.</summary>
    /// <param name="walletId">The wallet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ulong> LatestSlot(string walletId, CancellationToken cancellationToken) =>
        (await database.Query(
            """
            select coalesce(max(slot), 0) from (
              select slot from wallet_transactions where wallet_id = $1 order by created_at desc, transfer_id desc limit 100) latest
            """,
            [Sql.Text(walletId)],
            row => (ulong)row.GetInt64(0),
            cancellationToken))[0];

    /// <summary>SOL that a wallet has paid to an address for good.</summary>
    /// <param name="walletId">The wallet that paid.</param>
    /// <param name="destination">Whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Lamports, fees not included.</returns>
    public async Task<ulong> SumFinalizedLamports(string walletId, PublicKey destination, CancellationToken cancellationToken) =>
        (await database.Query(
            """
            select coalesce(sum(amount), 0) from wallet_transactions
            where wallet_id = $1 and destination = $2 and mint is null and status = 'finalized'
            """,
            [Sql.Text(walletId), Sql.Key(destination)],
            row => Database.BaseUnits(row, 0),
            cancellationToken))[0];

    /// <summary>A page of a wallet's transfers, newest first.</summary>
    /// <param name="walletId">The wallet.</param>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<TransferRecord>> List(
        string walletId, TransferPosition? after, int limit, CancellationToken cancellationToken) =>
        after is { } position
            ? database.Query(
                $"""
                select {Columns} from wallet_transactions
                where wallet_id = $1 and (created_at, transfer_id) < ($3, $4)
                order by created_at desc, transfer_id desc limit $2
                """,
                [Sql.Text(walletId), Sql.Int(limit), Sql.Time(position.CreatedAt), Sql.Uuid(position.TransferId)],
                Read,
                cancellationToken)
            : database.Query(
                $"select {Columns} from wallet_transactions where wallet_id = $1 order by created_at desc, transfer_id desc limit $2",
                [Sql.Text(walletId), Sql.Int(limit)],
                Read,
                cancellationToken);

    /// <summary>Adds a signed transfer.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="transfer">Pending, with its bytes.</param>
    public static void Insert(Changes changes, TransferRecord transfer) =>
        changes.Add(
            $"""
            insert into wallet_transactions ({Columns})
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """,
            Sql.Uuid(transfer.TransferId),
            Sql.Text(transfer.WalletId),
            Sql.Text(WalletText.Of(transfer.Kind)),
            Sql.Key(transfer.Destination),
            Sql.KeyOrNull(transfer.Mint),
            Sql.BaseUnits(transfer.Amount),
            Sql.Text(transfer.Memo),
            Sql.Text(WalletText.Of(transfer.Status)),
            Sql.BaseUnits(transfer.FeeLamports),
            Sql.BaseUnits(transfer.RentLamports),
            Sql.Bytes(transfer.Transaction),
            Sql.Bytes(transfer.Signature.AsSpan().ToArray()),
            Sql.Big(checked((long)transfer.LastValidBlockHeight)),
            Sql.Big(checked((long)transfer.Slot)),
            Sql.Text(transfer.Error),
            Sql.Time(transfer.CreatedAt),
            Sql.TimeOrNull(transfer.SettledAt));

    /// <summary>Writes what the chain made of an open transfer; the bytes go once that is final.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="transfer">As it is now.</param>
    public static void Update(Changes changes, TransferRecord transfer) =>
        changes.AddGuarded(
            """
            update wallet_transactions set status = $2, slot = $3, error = $4, settled_at = $5,
              transaction = case when $5::timestamptz is null then transaction end, version = version + 1
            where transfer_id = $1 and status in ('pending', 'confirmed')
            """,
            $"transfer {transfer.TransferId}",
            Sql.Uuid(transfer.TransferId),
            Sql.Text(WalletText.Of(transfer.Status)),
            Sql.Big(checked((long)transfer.Slot)),
            Sql.Text(transfer.Error),
            Sql.TimeOrNull(transfer.SettledAt));

    private static TransferRecord Read(NpgsqlDataReader row) => new()
    {
        TransferId = row.GetGuid(0),
        WalletId = row.GetString(1),
        Kind = WalletText.ParseTransferKind(row.GetString(2)),
        Destination = PublicKey.FromBytes(row.GetFieldValue<byte[]>(3)),
        Mint = row.IsDBNull(4) ? null : PublicKey.FromBytes(row.GetFieldValue<byte[]>(4)),
        Amount = Database.BaseUnits(row, 5),
        Memo = row.GetString(6),
        Status = WalletText.ParseTransferStatus(row.GetString(7)),
        FeeLamports = Database.BaseUnits(row, 8),
        RentLamports = Database.BaseUnits(row, 9),
        Transaction = row.IsDBNull(10) ? default : row.GetFieldValue<byte[]>(10),
        Signature = Signature.FromBytes(row.GetFieldValue<byte[]>(11)),
        LastValidBlockHeight = (ulong)row.GetInt64(12),
        Slot = (ulong)row.GetInt64(13),
        Error = row.GetString(14),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(15),
        SettledAt = row.IsDBNull(16) ? null : row.GetFieldValue<DateTimeOffset>(16),
    };
}
