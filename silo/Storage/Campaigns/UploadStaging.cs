using Cluster.Solana;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>
/// The rows of one upload on their way in: a temporary table of one connection, filled by binary COPY, gone with its
/// transaction. Memory stays bounded whatever the number of rows; nothing is seen by others before the commit.
/// </summary>
internal sealed class UploadStaging : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private NpgsqlBinaryImporter? _copy;
    private long _ordinal;

    private UploadStaging(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    /// <summary>The connection, within the upload's transaction; usable after <see cref="EndOfRows"/>.</summary>
    public NpgsqlConnection Connection => _connection;

    /// <summary>Begins an upload.</summary>
    public static async Task<UploadStaging> Begin(Database database, CancellationToken cancellationToken)
    {
        var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            var staging = new UploadStaging(connection, await connection.BeginTransactionAsync(cancellationToken));
            await staging.Execute(
                """
                create temporary table upload_rows (
                  ordinal bigint not null,
                  line    bigint not null,
                  owner   bytea,
                  units   numeric(20),
                  address text not null,
                  amount  text not null,
                  reason  text
                ) on commit drop
                """,
                cancellationToken);
            staging._copy = await connection.BeginBinaryImportAsync(
                "copy upload_rows (ordinal, line, owner, units, address, amount, reason) from stdin (format binary)",
                cancellationToken);
            return staging;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a row that is good by itself.</summary>
    public async ValueTask Accept(long line, PublicKey owner, ulong units, string address, string amount, CancellationToken cancellationToken)
    {
        var copy = _copy!;
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(++_ordinal, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteAsync(line, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteAsync(owner.AsSpan().ToArray(), NpgsqlDbType.Bytea, cancellationToken);
        await copy.WriteAsync((decimal)units, NpgsqlDbType.Numeric, cancellationToken);
        await copy.WriteAsync(StoredText.Clip(address), NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(StoredText.Clip(amount), NpgsqlDbType.Text, cancellationToken);
        await copy.WriteNullAsync(cancellationToken);
    }

    /// <summary>Writes a row that is refused.</summary>
    public async ValueTask Refuse(long line, string address, string amount, string reason, CancellationToken cancellationToken)
    {
        var copy = _copy!;
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(++_ordinal, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteAsync(line, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteNullAsync(cancellationToken);
        await copy.WriteNullAsync(cancellationToken);
        await copy.WriteAsync(StoredText.Clip(address), NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(StoredText.Clip(amount), NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(StoredText.Clip(reason, StoredText.MaxReasonLength), NpgsqlDbType.Text, cancellationToken);
    }

    /// <summary>Ends the COPY; from here on the rows can be queried.</summary>
    public async Task EndOfRows(CancellationToken cancellationToken)
    {
        await _copy!.CompleteAsync(cancellationToken);
        await _copy.DisposeAsync();
        _copy = null;

        // Without figures the planner would compare every row with every other one.
        await Execute("analyze upload_rows", cancellationToken);
    }

    /// <summary>Runs a statement within the transaction, as long as it takes.</summary>
    /// <returns>Rows touched.</returns>
    public async Task<int> Execute(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction) { CommandTimeout = 0 };
        command.AddAll(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads one row within the transaction.</summary>
    public async Task<T> Single<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction) { CommandTimeout = 0 };
        command.AddAll(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return read(reader);
    }

    /// <summary>Makes all of it seen, together with the last changes.</summary>
    /// <exception cref="StaleVersionException">Another attempt at the same upload was first; nothing was committed.</exception>
    public async Task Commit(Changes changes, CancellationToken cancellationToken)
    {
        await using var batch = changes.Batch;
        batch.Connection = _connection;
        batch.Transaction = _transaction;
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error) when (Database.FindStaleness(error) is { } stale)
        {
            throw new StaleVersionException(stale, error);
        }

        await _transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Leaves nothing behind unless <see cref="Commit"/> has run.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_copy is not null)
        {
            await _copy.DisposeAsync();
        }

        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
