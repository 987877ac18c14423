using Cluster.Solana;
using Cluster.V1;
using Npgsql;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>Reads and writes <c>cold_payments</c>, which are transfers that nobody has signed yet.</summary>
/// <param name="database">Holds them.</param>
public sealed class ColdPaymentStore(Database database)
{
    private const string Columns =
        "payment_id, wallet_id, destination, mint, amount, memo, fee_lamports, rent_lamports, transaction, last_valid_block_height, created_at";

    /// <summary>A prepared payment of a wallet, without a signature; null where it has no such payment.</summary>
    /// <param name="walletId">The wallet.</param>
    /// <param name="paymentId">The payment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TransferRecord?> Find(string walletId, Guid paymentId, CancellationToken cancellationToken) =>
        (await database.Query(
            $"select {Columns} from cold_payments where payment_id = $1 and wallet_id = $2",
            [Sql.Uuid(paymentId), Sql.Text(walletId)],
            Read,
            cancellationToken)).SingleOrDefault();

    /// <summary>Adds a prepared payment.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="payment">With the bytes to be signed.</param>
    public static void Insert(Changes changes, TransferRecord payment) =>
        changes.Add(
            $"insert into cold_payments ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            Sql.Uuid(payment.TransferId),
            Sql.Text(payment.WalletId),
            Sql.Key(payment.Destination),
            Sql.KeyOrNull(payment.Mint),
            Sql.BaseUnits(payment.Amount),
            Sql.Text(payment.Memo),
            Sql.BaseUnits(payment.FeeLamports),
            Sql.BaseUnits(payment.RentLamports),
            Sql.Bytes(payment.Transaction),
            Sql.Big(checked((long)payment.LastValidBlockHeight)),
            Sql.Time(payment.CreatedAt));

    private static TransferRecord Read(NpgsqlDataReader row) => new()
    {
        TransferId = row.GetGuid(0),
        WalletId = row.GetString(1),
        Kind = TransferKind.Transfer,
        Destination = PublicKey.FromBytes(row.GetFieldValue<byte[]>(2)),
        Mint = row.IsDBNull(3) ? null : PublicKey.FromBytes(row.GetFieldValue<byte[]>(3)),
        Amount = Database.BaseUnits(row, 4),
        Memo = row.GetString(5),
        Status = TransferStatus.Pending,
        FeeLamports = Database.BaseUnits(row, 6),
        RentLamports = Database.BaseUnits(row, 7),
        Transaction = row.GetFieldValue<byte[]>(8),
        Signature = default,
        LastValidBlockHeight = (ulong)row.GetInt64(9),
        Slot = 0,
        Error = "",
        CreatedAt = row.GetFieldValue<DateTimeOffset>(10),
        SettledAt = null,
    };
}
