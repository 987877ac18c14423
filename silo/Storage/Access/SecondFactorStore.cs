using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Access;

/// <summary>A second factor as it is stored.</summary>
/// <param name="PrincipalId">Whose.</param>
/// <param name="IsActive">Whether the enrolment was confirmed.</param>
/// <param name="SealedSecret">Encrypted under the key that <paramref name="KeyId"/> names.</param>
/// <param name="KeyId">Names that key.</param>
/// <param name="LastStep">The latest time step whose code was accepted.</param>
/// <param name="LockedUntil">No code is accepted until then; null where it is not locked.</param>
/// <param name="RecoveryCodesLeft">Codes that were not used yet.</param>
internal sealed record SecondFactorRecord(
    string PrincipalId, bool IsActive, ReadOnlyMemory<byte> SealedSecret, string KeyId, long LastStep, DateTimeOffset? LockedUntil, int RecoveryCodesLeft);

/// <summary>Reads and writes second factors. What decides whether a code counts is one statement each: gateways race.</summary>
/// <param name="database">Holds <c>second_factors</c> and <c>recovery_codes</c>.</param>
internal sealed class SecondFactorStore(Database database)
{
    /// <summary>Failures in a row after which no code is accepted for a while.</summary>
    public const int MaxFailures = 5;

    /// <summary>That while.</summary>
    public static readonly TimeSpan Lock = TimeSpan.FromMinutes(15);

    private const string Columns =
        """
        principal_id, active, sealed_secret, key_id, last_step, locked_until,
        (select count(*) from recovery_codes c where c.principal_id = second_factors.principal_id and used_at is null)
        """;

    public async Task<SecondFactorRecord?> Find(string principalId, CancellationToken cancellationToken) =>
        (await database.Query($"select {Columns} from second_factors where principal_id = $1", [Sql.Text(principalId)], Read, cancellationToken))
        .SingleOrDefault();

    /// <summary>
    /// Counts an attempt before it is judged, so that no number of guesses at once gets more than <see cref="MaxFailures"/>
    /// of them judged; null where there is no active second factor, or it is locked.
    /// </summary>
    public async Task<SecondFactorRecord?> BeginAttempt(string principalId, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.Query(
            $"""
            update second_factors set
              failures = case when locked_until is null then failures + 1 else 1 end,
              locked_until = case when locked_until is null and failures + 1 >= {MaxFailures} then $2 + $3 end
            where principal_id = $1 and active and (locked_until is null or locked_until <= $2)
            returning {Columns}
            """,
            [Sql.Text(principalId), Sql.Time(now), new NpgsqlParameter<TimeSpan> { TypedValue = Lock, NpgsqlDbType = NpgsqlDbType.Interval }],
            Read,
            cancellationToken)).SingleOrDefault();

    /// <summary>Accepts the code of a step, once; false where it, or a later one, was accepted before.</summary>
    public async Task<bool> AcceptStep(string principalId, long step, CancellationToken cancellationToken) => await Execute(
        "update second_factors set last_step = $2, failures = 0, locked_until = null where principal_id = $1 and last_step < $2",
        [Sql.Text(principalId), Sql.Big(step)],
        cancellationToken) == 1;

    /// <summary>Accepts a recovery code, once; false where there is no such code, or it was used.</summary>
    public async Task<bool> AcceptRecoveryCode(string principalId, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) => await Execute(
        """
        with used as (
          update recovery_codes set used_at = $3 where principal_id = $1 and code_hash = $2 and used_at is null returning 1)
        update second_factors set failures = 0, locked_until = null where principal_id = $1 and exists (select from used)
        """,
        [Sql.Text(principalId), Sql.Bytes(hash), Sql.Time(now)],
        cancellationToken) == 1;

    /// <summary>Begins an enrolment in the place of whatever there was.</summary>
    public static void Replace(Changes changes, string principalId, byte[] sealedSecret, string keyId, DateTimeOffset now)
    {
        Delete(changes, principalId);
        changes.Add(
            "insert into second_factors (principal_id, active, sealed_secret, key_id, created_at) values ($1, false, $2, $3, $4)",
            Sql.Text(principalId),
            Sql.Bytes(sealedSecret),
            Sql.Text(keyId),
            Sql.Time(now));
    }

    /// <summary>Ends the enrolment that was begun with this secret.</summary>
    public static void Activate(Changes changes, SecondFactorRecord pending, long step, IEnumerable<byte[]> recoveryCodes)
    {
        changes.AddGuarded(
            "update second_factors set active = true, last_step = $3 where principal_id = $1 and sealed_secret = $2 and not active",
            "a second factor",
            Sql.Text(pending.PrincipalId),
            Sql.Bytes(pending.SealedSecret),
            Sql.Big(step));
        foreach (var hash in recoveryCodes)
        {
            changes.Add("insert into recovery_codes (principal_id, code_hash) values ($1, $2)", Sql.Text(pending.PrincipalId), Sql.Bytes(hash));
        }
    }

    /// <summary>Takes a second factor away, with its recovery codes.</summary>
    public static void Delete(Changes changes, string principalId) =>
        changes.Add("delete from second_factors where principal_id = $1", Sql.Text(principalId));

    private async Task<int> Execute(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static SecondFactorRecord Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetBoolean(1),
        row.GetFieldValue<byte[]>(2),
        row.GetString(3),
        row.GetInt64(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        (int)row.GetInt64(6));
}
