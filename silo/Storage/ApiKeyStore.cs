using Cluster.Silo.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage;

/// <summary>An API key as the database has it: nothing by which it could be used.</summary>
/// <param name="KeyId">Names the key.</param>
/// <param name="Name">For people.</param>
/// <param name="Hash">SHA-256 of the key's text, 32 bytes.</param>
/// <param name="Permissions">Names of permissions, or <c>*</c> for all of them.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; null where it does not.</param>
/// <param name="RevokedAt">When it was ended; null where it was not.</param>
public sealed record StoredApiKey(
    string KeyId,
    string Name,
    ReadOnlyMemory<byte> Hash,
    IReadOnlyList<string> Permissions,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? RevokedAt = null);

/// <summary>The table <c>api_keys</c>. Every change commits with its audit row.</summary>
/// <param name="database">Holds the table.</param>
/// <param name="time">Stamps rows.</param>
public sealed class ApiKeyStore(Database database, TimeProvider time)
{
    private const string GrainType = "api_key";

    private const string Columns = "key_id, name, key_hash, permissions, created_at, expires_at, revoked_at";

    private const string Insert =
        "insert into api_keys (key_id, name, key_hash, permissions, created_at, expires_at) select $1, $2, $3, $4, $5, $6";

    /// <summary>Keys that have not been revoked; those past their end are among them.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<StoredApiKey>> ReadUnrevoked(CancellationToken cancellationToken) =>
        database.Query($"select {Columns} from api_keys where revoked_at is null", [], Read, cancellationToken);

    /// <summary>Every key ever made, oldest first.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<StoredApiKey>> ReadAll(CancellationToken cancellationToken) =>
        database.Query($"select {Columns} from api_keys order by created_at, key_id", [], Read, cancellationToken);

    /// <summary>Stores a key.</summary>
    /// <param name="key">The key; its id and hash are new.</param>
    /// <param name="call">Who made it.</param>
    public async Task Add(StoredApiKey key, Call call)
    {
        var changes = database.Change();
        changes.Add(Insert, Values(key));
        changes.Audit(call, "api_key.create", new GrainId(GrainType, key.KeyId));
        await database.Commit(changes, call.Cancellation);
    }

    /// <summary>Stores a key where there has never been one; of several gateways that start at once, one succeeds.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">Who made it.</param>
    /// <returns>False where there was a key already; nothing was changed then.</returns>
    public async Task<bool> AddFirst(StoredApiKey key, Call call)
    {
        var changes = database.Change();
        changes.Add("select pg_advisory_xact_lock(hashtext('first api key'))");
        changes.AddGuarded($"{Insert} where not exists (select from api_keys)", "first api key", Values(key));
        changes.Audit(call, "api_key.create", new GrainId(GrainType, key.KeyId));
        try
        {
            await database.Commit(changes, call.Cancellation);
            return true;
        }
        catch (StaleVersionException)
        {
            return false;
        }
    }

    /// <summary>Ends a key; gateways notice within their refresh period.</summary>
    /// <param name="keyId">Its id.</param>
    /// <param name="call">Who ends it.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.NotFound"/> where there is no such key, or not any more.</exception>
    public async Task Revoke(string keyId, Call call)
    {
        var changes = database.Change();
        changes.AddGuarded(
            "update api_keys set revoked_at = $1, version = version + 1 where key_id = $2 and revoked_at is null",
            "api key",
            Sql.Time(time.GetUtcNow()),
            Sql.Text(keyId));
        changes.Audit(call, "api_key.revoke", new GrainId(GrainType, keyId));
        try
        {
            await database.Commit(changes, call.Cancellation);
        }
        catch (StaleVersionException)
        {
            throw new ClusterException(StatusCode.NotFound, $"there is no API key '{keyId}' that could be revoked");
        }
    }

    private static NpgsqlParameter[] Values(StoredApiKey key) =>
    [
        Sql.Text(key.KeyId),
        Sql.Text(key.Name),
        Sql.Bytes(key.Hash),
        new NpgsqlParameter<string[]> { TypedValue = [.. key.Permissions], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        Sql.Time(key.CreatedAt),
        key.ExpiresAt is { } end ? Sql.Time(end) : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
    ];

    private static StoredApiKey Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetFieldValue<byte[]>(2),
        row.GetFieldValue<string[]>(3),
        row.GetFieldValue<DateTimeOffset>(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6));
}
