using System.Diagnostics;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Cluster.Silo.Storage.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cluster.Bench.Audit;

/// <summary>Audit rows with their MACs, while a sealer chains them, beside the same rows inserted into a table without either.</summary>
internal sealed class AuditAppends : Benchmark
{
    private const double AtLeast = 5_000;
    private const string DatabaseName = "bench_audit";
    private const int Writers = 48;
    private const int Rows = 30_000;

    private static readonly Caller Caller = new("00c0ffee00c0ffee", "bench", "10.1.2.3") { Role = "operator", UserAgent = "bench/1" };

    private static readonly string Detail = new AuditDetail()
        .Add("destination", "So11111111111111111111111111111111111111112").Add("amount", 1_000_000UL).Add("fee_lamports", 5_000UL).ToString();

    public override string Name => "audit";

    public override string Figure => $"audit rows a second, sealed, each in a transaction of its own, {Writers} writers";

    public override string Reference => "the same inserts without MAC and chain";

    public override string Bound => $"{AtLeast:N0}/s";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        var connection = Environment.GetEnvironmentVariable("BENCH_DATABASE")
            ?? throw new InvalidOperationException("BENCH_DATABASE names no database; run bench/run, which makes one");
        await Recreate(connection, cancellationToken);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
        {
            Database = DatabaseName,
            MaxPoolSize = Writers + 4,
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 2,
        });
        using var keys = new AuditKeyRing(new AuditKey(SecretBytes.Random(AuditKey.Size)));
        await new SchemaMigrator(source, MigrationCatalog.Embedded, TimeProvider.System, NullLogger<SchemaMigrator>.Instance).Migrate(cancellationToken);
        await Execute(source, "create table bench_plain (like audit_log including defaults including identity, primary key (audit_id))", cancellationToken);
        var books = new Database(source, TimeProvider.System, keys);
        var seals = new SealStore(source, keys, TimeProvider.System);
        var comparison = await Comparison.Of(
            () => Sealed(books, seals, cancellationToken),
            () => Rate(token => Plain(source, token), cancellationToken));
        return new(
            $"{comparison.Ours:N0}/s",
            $"{comparison.Ratio:N2} × of {comparison.Theirs:N0}/s without",
            comparison.Ours >= AtLeast);
    }

    /// <summary>A database of its own, since the cluster's is sealed under another key.</summary>
    private static async Task Recreate(string connection, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await Execute(source, $"drop database if exists {DatabaseName} with (force)", cancellationToken);
        await Execute(source, $"create database {DatabaseName}", cancellationToken);
    }

    /// <summary>Until the last row is sealed, so that the sealer's work is in the figure.</summary>
    private static async Task<double> Sealed(Database books, SealStore seals, CancellationToken cancellationToken)
    {
        using var written = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sealing = Seal(seals, written.Token, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        await Rate(token => Append(books, token), cancellationToken);
        await written.CancelAsync();
        await sealing;
        return Rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task Seal(SealStore seals, CancellationToken written, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        while (!written.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            while (await seals.SealNext(cancellationToken) is not null)
            {
                // Goes on until nothing is left.
            }
        }
    }

    private static async Task<double> Rate(Func<CancellationToken, Task> one, CancellationToken cancellationToken)
    {
        var left = Rows;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await one(cancellationToken);
            }
        }));
        return Rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Task Append(Database books, CancellationToken cancellationToken)
    {
        var changes = books.Change();
        changes.Audit(new Call(Caller, "bench-request"), "wallet.transfer", new GrainId("wallet", "bench"), Detail);
        return books.Commit(changes, cancellationToken);
    }

    private static async Task Plain(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            insert into bench_plain (entry_id, at, caller_id, caller_name, caller_role, caller_address, user_agent, operation,
              subject_type, subject_key, request_id, outcome, severity, detail, key_id)
            values ($1, $2, $3, $4, $5, $6, $7, 'wallet.transfer', 'wallet', 'bench', 'bench-request', 'done', 'low', $8, '')
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Sql.Uuid(Guid.CreateVersion7()),
            Sql.Time(TimeProvider.System.GetUtcNow()),
            Sql.Text(Caller.Id),
            Sql.Text(Caller.Name),
            Sql.Text(Caller.Role),
            Sql.TextOrNull(Caller.Address),
            Sql.Text(Caller.UserAgent),
            new NpgsqlParameter { Value = Detail, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Json },
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task Execute(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
