using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Reminders;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage;

/// <summary>The table <c>reminders</c>.</summary>
internal sealed class ReminderStore(Database database) : IReminderStore
{
    private const string SetSql =
        """
        insert into reminders (grain_type, grain_key, name, due_at, next_try_at, period)
        values ($1, $2, $3, $4, $4, $5)
        on conflict (grain_type, grain_key, name) do update
        set due_at = excluded.due_at, next_try_at = excluded.next_try_at, period = excluded.period, attempts = 0,
            version = excluded.version
        """;

    private const string RemoveSql = "delete from reminders where grain_type = $1 and grain_key = $2 and name = $3";

    public Task Set(GrainId grain, string name, DateTimeOffset dueAt, TimeSpan period, CancellationToken cancellationToken) =>
        Execute(SetSql, SetParameters(grain, name, dueAt, period), cancellationToken);

    public Task Remove(GrainId grain, string name, CancellationToken cancellationToken) =>
        Execute(RemoveSql, [Sql.Text(grain.Type), Sql.Text(grain.Key), Sql.Text(name)], cancellationToken);

    public Task<IReadOnlyList<Reminder>> TakeDue(DateTimeOffset now, DateTimeOffset heldUntil, int limit, CancellationToken cancellationToken) =>
        database.Query(
            """
            with due as (
              select grain_type, grain_key, name from reminders
              where next_try_at <= $1 order by next_try_at limit $3 for update skip locked)
            update reminders set next_try_at = $2, attempts = attempts + 1
            from due
            where reminders.grain_type = due.grain_type and reminders.grain_key = due.grain_key and reminders.name = due.name
            returning reminders.grain_type, reminders.grain_key, reminders.name, due_at, period, attempts, version
            """,
            [Sql.Time(now), Sql.Time(heldUntil), Sql.Int(limit)],
            Read,
            cancellationToken);

    public async Task<Reminder?> TakeDue(
        GrainId grain, string name, DateTimeOffset now, DateTimeOffset heldUntil, CancellationToken cancellationToken)
    {
        var taken = await database.Query(
            """
            update reminders set next_try_at = $5, attempts = attempts + 1
            where grain_type = $1 and grain_key = $2 and name = $3 and next_try_at <= $4
            returning grain_type, grain_key, name, due_at, period, attempts, version
            """,
            [Sql.Text(grain.Type), Sql.Text(grain.Key), Sql.Text(name), Sql.Time(now), Sql.Time(heldUntil)],
            Read,
            cancellationToken);
        return taken.Count == 0 ? null : taken[0];
    }

    public async Task<DateTimeOffset?> FindNextTry(GrainId grain, string name, CancellationToken cancellationToken)
    {
        var found = await database.Query(
            "select next_try_at from reminders where grain_type = $1 and grain_key = $2 and name = $3",
            [Sql.Text(grain.Type), Sql.Text(grain.Key), Sql.Text(name)],
            row => row.GetFieldValue<DateTimeOffset>(0),
            cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    public Task<IReadOnlyList<(GrainId Grain, string Name)>> List(
        (GrainId Grain, string Name)? after, int limit, CancellationToken cancellationToken) =>
        database.Query(
            """
            select grain_type, grain_key, name from reminders
            where (grain_type, grain_key, name) > ($1, $2, $3)
            order by grain_type, grain_key, name limit $4
            """,
            [Sql.Text(after?.Grain.Type ?? ""), Sql.Text(after?.Grain.Key ?? ""), Sql.Text(after?.Name ?? ""), Sql.Int(limit)],
            row => (new GrainId(row.GetString(0), row.GetString(1)), row.GetString(2)),
            cancellationToken);

    public Task Complete(Reminder reminder, DateTimeOffset nextDueAt, CancellationToken cancellationToken) =>
        Execute(
            $"update reminders set due_at = $5, next_try_at = $5, attempts = 0 where {AsTaken}",
            AsTakenParameters(reminder, nextDueAt),
            cancellationToken);

    public Task Postpone(Reminder reminder, DateTimeOffset nextTryAt, CancellationToken cancellationToken) =>
        Execute($"update reminders set next_try_at = $5 where {AsTaken}", AsTakenParameters(reminder, nextTryAt), cancellationToken);

    private static NpgsqlParameter[] SetParameters(GrainId grain, string name, DateTimeOffset dueAt, TimeSpan period) =>
    [
        Sql.Text(grain.Type),
        Sql.Text(grain.Key),
        Sql.Text(name),
        Sql.Time(dueAt),
        new NpgsqlParameter<TimeSpan> { TypedValue = period, NpgsqlDbType = NpgsqlDbType.Interval },
    ];

    private const string AsTaken = "grain_type = $1 and grain_key = $2 and name = $3 and version = $4";

    private static NpgsqlParameter[] AsTakenParameters(Reminder reminder, DateTimeOffset moment) =>
    [
        Sql.Text(reminder.Grain.Type),
        Sql.Text(reminder.Grain.Key),
        Sql.Text(reminder.Name),
        Sql.Big(reminder.Version),
        Sql.Time(moment),
    ];

    private static Reminder Read(NpgsqlDataReader row) => new(
        new GrainId(row.GetString(0), row.GetString(1)),
        row.GetString(2),
        row.GetFieldValue<DateTimeOffset>(3),
        row.GetTimeSpan(4),
        row.GetInt32(5),
        row.GetInt64(6));

    private async Task Execute(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
