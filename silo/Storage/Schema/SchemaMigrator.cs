using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cluster.Silo.Storage.Schema;

/// <summary>
/// Brings the database up to this build's schema. Many processes may start at once: one applies, under an advisory
/// lock, the others wait for it. Each step commits together with its record, so a process that dies leaves whole steps.
/// </summary>
/// <param name="source">The database.</param>
/// <param name="migrations">This build's steps, in order.</param>
/// <param name="time">Stamps and measures.</param>
/// <param name="logger">Says what is applied.</param>
public sealed class SchemaMigrator(
    NpgsqlDataSource source,
    IReadOnlyList<Migration> migrations,
    TimeProvider time,
    ILogger<SchemaMigrator> logger)
{
    /// <summary>"cluster" in ASCII: whatever else uses advisory locks in this database must use other numbers.</summary>
    private const long LockKey = 0x63_6C_75_73_74_65_72;

    private const int OldestServer = 15;

    private const string CreateHistory =
        """
        create table if not exists schema_migrations (
          version    integer primary key,
          name       text not null,
          checksum   bytea not null check (length(checksum) = 32),
          applied_at timestamptz not null
        )
        """;

    private readonly Lock _gate = new();
    private Task? _migrated;

    /// <summary>How long to wait for another process that migrates.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Applies what is missing, once in the life of this object; later calls wait for the first one.</summary>
    /// <param name="cancellationToken">Gives up waiting; what the first call began goes on under its own token.</param>
    /// <exception cref="SchemaException">The database cannot be brought to this build's schema; the message says why.</exception>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task Migrate(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_migrated is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _migrated = MigrateOnce(cancellationToken);
            }

            return _migrated.WaitAsync(cancellationToken);
        }
    }

    private async Task MigrateOnce(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        RequireServer(connection);
        await Lock(connection, cancellationToken);
        try
        {
            // A role that may not change the schema finds it up to date, and needs no right to create anything.
            var applied = await HasHistory(connection, cancellationToken) ? await Applied(connection, cancellationToken) : [];
            var remaining = MigrationPlan.Remaining(migrations, applied);
            if (remaining.Count > 0)
            {
                await ApplyAll(connection, remaining, cancellationToken);
            }

            SchemaLog.UpToDate(logger, migrations.Count, remaining.Count);
        }
        finally
        {
            // The connection goes back to the pool, and the lock would go with it.
            await Execute(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    private async Task ApplyAll(NpgsqlConnection connection, IReadOnlyList<Migration> remaining, CancellationToken cancellationToken)
    {
        try
        {
            await Execute(connection, CreateHistory, cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new SchemaException(
                $"The database is not at this build's schema ({remaining.Count} migrations are missing), and the role {connection.UserName} may not change it: run the migrations as the role that owns the tables (cluster-gateway migrate, or cluster-orleans migrate).",
                error);
        }

        foreach (var migration in remaining)
        {
            await Apply(connection, migration, cancellationToken);
        }
    }

    private static async Task<bool> HasHistory(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select to_regclass('schema_migrations') is not null", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static void RequireServer(NpgsqlConnection connection)
    {
        if (connection.PostgreSqlVersion.Major < OldestServer)
        {
            throw new SchemaException(
                $"PostgreSQL {connection.PostgreSqlVersion} is too old: the cluster needs {OldestServer} or newer.");
        }

        if (connection.PostgresParameters.TryGetValue("server_encoding", out var encoding) && encoding != "UTF8")
        {
            throw new SchemaException(
                $"The database is encoded as {encoding}: the cluster needs UTF8 (create database … encoding 'UTF8' template template0).");
        }
    }

    private async Task Lock(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var batch = connection.CreateBatch();
            batch.Timeout = 0;
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"set lock_timeout = {(long)LockTimeout.TotalMilliseconds}"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"select pg_advisory_lock({LockKey})"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("reset lock_timeout"));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new SchemaException(
                $"Another process has been migrating this database for more than {LockTimeout.TotalSeconds:0} seconds. Wait for it, or end it, and start again.",
                error);
        }
    }

    private static async Task<IReadOnlyList<AppliedMigration>> Applied(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select version, name, checksum from schema_migrations order by version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new List<AppliedMigration>();
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(new AppliedMigration(reader.GetInt32(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        }

        return applied;
    }

    private async Task Apply(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await Execute(connection, migration.Sql, cancellationToken);
        }
        catch (PostgresException error)
        {
            throw new SchemaException($"Migration {migration.Name} failed and was rolled back: {error.MessageText}", error);
        }

        await using var record = new NpgsqlCommand(
            "insert into schema_migrations (version, name, checksum, applied_at) values ($1, $2, $3, $4)", connection);
        record.Parameters.Add(Sql.Int(migration.Version));
        record.Parameters.Add(Sql.Text(migration.Name));
        record.Parameters.Add(Sql.Bytes(migration.Checksum));
        record.Parameters.Add(Sql.Time(time.GetUtcNow()));
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        SchemaLog.Applied(logger, migration.Name, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // A migration takes as long as it takes.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
