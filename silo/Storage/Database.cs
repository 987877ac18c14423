using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Audit;
using Npgsql;

namespace Cluster.Silo.Storage;

/// <summary>The cluster's PostgreSQL.</summary>
/// <param name="source">The pool.</param>
/// <param name="time">Stamps rows.</param>
/// <param name="auditKeys">Under the current one of them, audit rows get their MACs.</param>
public sealed class Database(NpgsqlDataSource source, TimeProvider time, AuditKeyRing auditKeys)
{
    /// <summary>SQLSTATE that <c>require_one</c> raises.</summary>
    private const string StaleVersion = "CL001";

    /// <summary>SQLSTATEs that <c>spend_within_limits</c> raises.</summary>
    private const string NotAllowed = "CL002";

    private const string NotNow = "CL003";

    private const string NotWithoutSecondFactor = "CL004";

    private const string AnsweredOnce = "requests_pkey";

    private const string SignedOnce = "wallet_transactions_signature_key";

    private const string BatchSignedOnce = "campaign_batches_by_signature";

    /// <summary>The pool, for reads and for COPY.</summary>
    public NpgsqlDataSource Source => source;

    /// <summary>Begins to collect what one turn changes.</summary>
    public Changes Change() => new(time, auditKeys.Current);

    /// <summary>
    /// Commits all of it in one round trip and one transaction. The answer may have been lost on the way: whoever gets
    /// another exception than <see cref="StaleVersionException"/> does not know whether it was committed.
    /// </summary>
    /// <param name="changes">At least one statement.</param>
    /// <param name="cancellationToken">Gives up waiting; the commit may happen all the same.</param>
    /// <exception cref="StaleVersionException">Another activation changed an aggregate first; nothing was committed.</exception>
    /// <exception cref="ClusterException">A payment breaks a limit; nothing was committed.</exception>
    /// <exception cref="NpgsqlException">The database is away or refused; the outcome is unknown where it was cut off.</exception>
    public async Task Commit(Changes changes, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = changes.Batch;
        batch.Connection = connection;
        try
        {
            // One batch is one implicit transaction: it commits at its end or not at all.
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error) when (FindStaleness(error) is { } stale)
        {
            throw new StaleVersionException(stale, error);
        }
        catch (PostgresException error) when (error.SqlState is NotAllowed or NotNow or NotWithoutSecondFactor)
        {
            throw RefusalOf(error);
        }
    }

    /// <summary>What the caller is told where a payment breaks a limit (<c>spend_within_limits</c>).</summary>
    private static ClusterException RefusalOf(PostgresException error) => error.SqlState switch
    {
        NotAllowed => new ClusterException(StatusCode.FailedPrecondition, error.MessageText + ".", error),
        NotNow => new ClusterException(StatusCode.ResourceExhausted, error.MessageText + "; try again later.", error),
        _ => SecondFactorChallenge.Of(error.MessageText),
    };

    /// <summary>What another activation was first with, where that is why a commit failed; null where it is not.</summary>
    internal static string? FindStaleness(PostgresException error) => error switch
    {
        { SqlState: StaleVersion } => error.MessageText["stale version of ".Length..],
        { ConstraintName: SignedOnce } => "the same payment with the same blockhash, which another activation signed",
        { ConstraintName: BatchSignedOnce } => "the same batch with the same blockhash, which another activation signed",
        { ConstraintName: AnsweredOnce } => "an answer that another activation recorded",
        _ => null,
    };

    /// <summary>Runs a query and reads every row.</summary>
    /// <typeparam name="T">What a row becomes.</typeparam>
    /// <param name="sql">With positional parameters $1, $2, …</param>
    /// <param name="parameters">In their order.</param>
    /// <param name="read">Reads one row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<T>> Query<T>(
        string sql,
        NpgsqlParameter[] parameters,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Reads an amount in base units.</summary>
    /// <param name="reader">On a row.</param>
    /// <param name="ordinal">Of a <c>base_units</c> column.</param>
    internal static ulong BaseUnits(NpgsqlDataReader reader, int ordinal) =>
        decimal.ToUInt64(reader.GetDecimal(ordinal));
}
