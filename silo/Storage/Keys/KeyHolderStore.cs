namespace Cluster.Silo.Storage.Keys;

/// <summary>Processes that open wallets' keys, and the orders to wipe them.</summary>
/// <param name="database">Holds <c>key_holders</c> and <c>key_cache_clears</c>.</param>
/// <param name="time">Stamps rows.</param>
public sealed class KeyHolderStore(Database database, TimeProvider time)
{
    /// <summary>What PostgreSQL notifies on when an order was given or a key rotated.</summary>
    public const string Channel = "cluster_keys";

    /// <summary>A holder that was not seen for so long is gone.</summary>
    public static readonly TimeSpan Gone = TimeSpan.FromSeconds(30);

    /// <summary>The newest order; 0 where there is none.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> NewestClear(CancellationToken cancellationToken) =>
        (await database.Query("select coalesce(max(clear_id), 0) from key_cache_clears", [], row => row.GetInt64(0), cancellationToken)).Single();

    /// <summary>Says that a process holds keys, and up to which order it has obeyed.</summary>
    /// <param name="holder">The process.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task Report(KeyHolder holder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var changes = database.Change();
        changes.Add(
            """
            insert into key_holders (holder_id, current_key, opened_keys, cleared, seen_at) values ($1, $2, $3, $4, $5)
            on conflict (holder_id) do update
            set current_key = excluded.current_key, opened_keys = excluded.opened_keys, cleared = excluded.cleared, seen_at = excluded.seen_at
            """,
            Sql.Text(holder.HolderId),
            Sql.Text(holder.CurrentKey),
            Sql.Int(holder.OpenedKeys),
            Sql.Big(holder.Cleared),
            Sql.Time(now));
        changes.Add("delete from key_holders where seen_at < $1", Sql.Time(now - Gone));
        return database.Commit(changes, cancellationToken);
    }

    /// <summary>Takes a process that ends off the list.</summary>
    /// <param name="holderId">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task Remove(string holderId, CancellationToken cancellationToken)
    {
        var changes = database.Change();
        changes.Add("delete from key_holders where holder_id = $1", Sql.Text(holderId));
        return database.Commit(changes, cancellationToken);
    }

    /// <summary>Processes that were seen lately.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<KeyHolder>> List(CancellationToken cancellationToken) => database.Query(
        "select holder_id, current_key, opened_keys, cleared, seen_at from key_holders where seen_at >= $1 order by holder_id",
        [Sql.Time(time.GetUtcNow() - Gone)],
        row => new KeyHolder(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4)),
        cancellationToken);

    /// <summary>Orders every process to wipe its opened keys.</summary>
    /// <param name="call">Who orders it.</param>
    /// <returns>The order's number.</returns>
    public async Task<long> OrderClear(Hosting.Call call)
    {
        var changes = database.Change();
        changes.Add(
            "insert into key_cache_clears (requested_by, requested_at) values ($1, $2)", Sql.Text(call.Caller.Id), Sql.Time(time.GetUtcNow()));
        changes.Audit(call, "keys.clear_cache", new Hosting.GrainId("keyring", "wallets"));
        await database.Commit(changes, call.Cancellation);

        // Another order given at the same time may be the newest: who obeys that one has obeyed this one.
        return await NewestClear(call.Cancellation);
    }
}

/// <summary>A process that opens wallets' keys.</summary>
/// <param name="HolderId">Host and process, unique in each life.</param>
/// <param name="CurrentKey">The key-encryption key under which it wraps.</param>
/// <param name="OpenedKeys">How many are open.</param>
/// <param name="Cleared">The newest order that it has obeyed.</param>
/// <param name="SeenAt">When it last said so.</param>
public sealed record KeyHolder(string HolderId, string CurrentKey, int OpenedKeys, long Cleared, DateTimeOffset SeenAt = default);
