using Cluster.Solana;
using Cluster.V1;
using Npgsql;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Reads and writes <c>campaign_failures</c>.</summary>
internal sealed class FailureStore(Database database)
{
    /// <summary>Refused rows kept of one campaign; those beyond are counted only.</summary>
    public const long MaxUploadFailures = 1_000_000;

    /// <summary>In order of line.</summary>
    /// <param name="campaignId">Whose.</param>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<(FailurePosition Position, Failure Failure)>> List(
        string campaignId, FailurePosition? after, int limit, CancellationToken cancellationToken) =>
        database.Query(
            """
            select line, failure_id, stage, address, amount, reason, signature from campaign_failures
            where campaign_id = $1 and (line, failure_id) > ($2, $3) order by line, failure_id limit $4
            """,
            [Sql.Text(campaignId), Sql.Big(after?.Line ?? -1), Sql.Big(after?.FailureId ?? -1), Sql.Int(limit)],
            reader => (new FailurePosition(reader.GetInt64(0), reader.GetInt64(1)), Read(reader)),
            cancellationToken);

    /// <summary>The recipients of a range that cannot be paid, in order.</summary>
    public Task<IReadOnlyList<PaymentFailure>> ListPayments(
        string campaignId, long first, long last, CancellationToken cancellationToken) =>
        database.Query(
            """
            select sequence, address, reason, signature from campaign_failures
            where campaign_id = $1 and stage = 'payment' and sequence between $2 and $3 order by sequence
            """,
            [Sql.Text(campaignId), Sql.Big(first), Sql.Big(last)],
            reader => new PaymentFailure(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), ReadSignature(reader, 3)),
            cancellationToken);

    /// <summary>Records recipients that cannot be paid; a second failure of the same recipient fails the commit.</summary>
    public static void InsertPayments(Changes changes, string campaignId, IReadOnlyList<PaymentFailure> failures)
    {
        if (failures.Count == 0)
        {
            return;
        }

        changes.Add(
            """
            insert into campaign_failures (campaign_id, stage, line, sequence, address, amount, reason, signature)
            select r.campaign_id, 'payment', r.line, r.sequence, u.address, r.amount::text, u.reason, u.signature
            from unnest($2, $3, $4, $5) as u(sequence, address, reason, signature)
            join campaign_recipients r on r.campaign_id = $1 and r.sequence = u.sequence
            """,
            Sql.Text(campaignId),
            SqlArray.Big([.. failures.Select(failure => failure.Sequence)]),
            SqlArray.Text([.. failures.Select(failure => failure.Address)]),
            SqlArray.Text([.. failures.Select(failure => failure.Reason)]),
            SqlArray.Bytes([.. failures.Select(failure => failure.Signature?.AsSpan().ToArray())]));
    }

    private static Failure Read(NpgsqlDataReader reader) => new()
    {
        Line = checked((ulong)reader.GetInt64(0)),
        Stage = reader.GetString(2) == "upload" ? FailureStage.Upload : FailureStage.Payment,
        Address = reader.GetString(3),
        Amount = reader.GetString(4),
        Reason = reader.GetString(5),
        Signature = ReadSignature(reader, 6)?.ToString() ?? "",
    };

    private static Signature? ReadSignature(NpgsqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : Signature.FromBytes(reader.GetFieldValue<byte[]>(ordinal));
}

/// <summary>A recipient that cannot be paid.</summary>
/// <param name="Sequence">Which.</param>
/// <param name="Address">Its address, for people.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Signature">The transaction that failed; null where none was sent.</param>
internal sealed record PaymentFailure(long Sequence, string Address, string Reason, Signature? Signature);

/// <summary>Where a page of failures ends.</summary>
/// <param name="Line">Of its last one.</param>
/// <param name="FailureId">Of its last one.</param>
internal readonly record struct FailurePosition(long Line, long FailureId);
