using System.Net;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Access;

/// <summary>API keys, by their hash. Every change commits with its audit row.</summary>
/// <param name="database">Holds <c>api_keys</c>.</param>
/// <param name="time">Stamps revocations.</param>
public sealed class ApiKeyStore(Database database, TimeProvider time)
{
    /// <summary>More keys than a cluster has callers.</summary>
    public const int MaxListed = 10_000;

    internal const string Columns =
        """
        key_id, name, key_hash, permissions, created_at, expires_at, revoked_at, principal_id, kind, addresses, created_by,
        replaced_by, last_used_at, last_used_from
        """;

    private const string Parameters = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14";

    private const string Secret = "secret";

    private const string Certificate = "certificate";

    /// <summary>The first key of a cluster is made by one process alone, however many start at once.</summary>
    private const long FirstKeyLock = 0x6B_65_79_73;

    private static readonly EnumDescriptor Names = OptionsReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(Permission));

    /// <summary>The key with this hash, revoked and expired ones included; null where there is none.</summary>
    /// <param name="keyHash">SHA-256 of what the caller presents.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ApiKey?> FindByHash(ReadOnlyMemory<byte> keyHash, CancellationToken cancellationToken) =>
        (await database.Query($"select {Columns} from api_keys where key_hash = $1", [Sql.Bytes(keyHash)], Read, cancellationToken))
        .SingleOrDefault();

    /// <summary>The key with this id, revoked and expired ones included; null where there is none.</summary>
    /// <param name="keyId">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ApiKey?> Find(string keyId, CancellationToken cancellationToken) =>
        (await database.Query($"select {Columns} from api_keys where key_id = $1", [Sql.Text(keyId)], Read, cancellationToken))
        .SingleOrDefault();

    /// <summary>A page of keys, oldest first, revoked and expired ones included.</summary>
    /// <param name="principalId">Only this principal's; all where empty.</param>
    /// <param name="after">The last key of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<ApiKey>> List(
        string principalId, (DateTimeOffset CreatedAt, string KeyId) after, int limit, CancellationToken cancellationToken) =>
        database.Query(
            $"""
            select {Columns} from api_keys
            where (created_at, key_id) > ($1, $2) and ($3 = '' or principal_id = $3)
            order by created_at, key_id limit $4
            """,
            [Sql.Time(after.CreatedAt), Sql.Text(after.KeyId), Sql.Text(principalId), Sql.Int(limit)],
            Read,
            cancellationToken);

    /// <summary>Writes down when and from where keys were last used; no change of what they open.</summary>
    /// <param name="uses">At most one a key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task MarkUsed(IReadOnlyCollection<(string KeyId, DateTimeOffset At, string? From)> uses, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(
            """
            update api_keys set last_used_at = used.at, last_used_from = used.address
            from unnest($1, $2, $3) as used (id, at, address)
            where key_id = used.id and (last_used_at is null or last_used_at < used.at)
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. uses.Select(use => use.KeyId)] });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]>
        {
            TypedValue = [.. uses.Select(use => use.At.UtcDateTime)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });
        command.Parameters.Add(new NpgsqlParameter<string?[]>
        {
            TypedValue = [.. uses.Select(use => use.From)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>All keys, oldest first, at most <see cref="MaxListed"/>.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<ApiKey>> List(CancellationToken cancellationToken) =>
        database.Query($"select {Columns} from api_keys order by created_at, key_id limit {MaxListed}", [], Read, cancellationToken);

    /// <summary>Adds a key with the principal that it calls for, and that principal's role on everything.</summary>
    /// <param name="key">With an id and a hash that no other key has.</param>
    /// <param name="role">What the principal may do; a principal that is there already gets it too.</param>
    /// <param name="call">Who adds it.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.AlreadyExists"/>: the id or the hash is taken.</exception>
    public async Task Insert(ApiKey key, Role role, Call call)
    {
        var changes = database.Change();
        AddPrincipal(changes, key, role, call);
        Insert(changes, key);
        Audit(changes, "api_key.create", key, call);
        AccessStore.Advance(changes);
        try
        {
            await database.Commit(changes, call.Cancellation);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ClusterException(StatusCode.AlreadyExists, $"There is an API key {key.KeyId} already; choose another id.", error);
        }
    }

    /// <summary>Adds the cluster's first key; false, and nothing changed, where there is any key already.</summary>
    /// <param name="key">The administrator's.</param>
    /// <param name="call">A system call.</param>
    public async Task<bool> InsertFirst(ApiKey key, Call call)
    {
        var changes = database.Change();
        changes.Add($"select pg_advisory_xact_lock({FirstKeyLock})");
        AddPrincipal(changes, key, Role.Owner, call);
        changes.AddGuarded(
            $"insert into api_keys ({Columns}) select {Parameters} where not exists (select 1 from api_keys)",
            "the first API key",
            Values(key));
        Audit(changes, "api_key.create", key, call);
        AccessStore.Advance(changes);
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

    /// <summary>Revokes a key for good; one that was revoked before keeps that moment.</summary>
    /// <param name="keyId">Its id.</param>
    /// <param name="call">Who revokes it.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.NotFound"/>: there is no such key.</exception>
    public async Task Revoke(string keyId, Call call)
    {
        var changes = database.Change();
        Revoke(changes, keyId, time.GetUtcNow());
        changes.Audit(call, "api_key.revoke", new GrainId("api_key", keyId));
        AccessStore.Advance(changes);
        try
        {
            await database.Commit(changes, call.Cancellation);
        }
        catch (StaleVersionException error)
        {
            throw new ClusterException(StatusCode.NotFound, $"There is no API key {keyId}.", error);
        }
    }

    /// <summary>Adds a key whose principal is there.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="key">The new one.</param>
    internal static void Insert(Changes changes, ApiKey key) =>
        changes.Add($"insert into api_keys ({Columns}) values ({Parameters})", Values(key));

    /// <summary>Revokes a key for good; one that was revoked before keeps that moment.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="keyId">Its id.</param>
    /// <param name="now">From when on.</param>
    internal static void Revoke(Changes changes, string keyId, DateTimeOffset now) => changes.AddGuarded(
        "update api_keys set revoked_at = coalesce(revoked_at, $2), version = version + 1 where key_id = $1",
        "an API key",
        Sql.Text(keyId),
        Sql.Time(now));

    /// <summary>Names the key that takes the place of another, which ends a little later.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="keyId">The old one.</param>
    /// <param name="newKeyId">The new one, inserted before.</param>
    /// <param name="end">Of the old one.</param>
    internal static void Replace(Changes changes, string keyId, string newKeyId, DateTimeOffset end) => changes.AddGuarded(
        "update api_keys set replaced_by = $2, expires_at = $3, version = version + 1 where key_id = $1 and revoked_at is null",
        "an API key",
        Sql.Text(keyId),
        Sql.Text(newKeyId),
        Sql.Time(end));

    private static void AddPrincipal(Changes changes, ApiKey key, Role role, Call call)
    {
        AccessStore.Insert(changes, new PrincipalRecord(key.PrincipalId, key.Name, key.CreatedAt));
        AccessStore.Insert(
            changes,
            new RoleBinding(key.PrincipalId, role, AccessScope.Everything, Effect.Allow, call.Caller.Id, key.CreatedAt));
    }

    private static void Audit(Changes changes, string operation, ApiKey key, Call call) =>
        changes.Audit(
            call,
            operation,
            new GrainId("api_key", key.KeyId),
            new AuditDetail().Add("name", key.Name).Add("permissions", string.Join(' ', PermissionNames(key))).ToString());

    private static NpgsqlParameter[] Values(ApiKey key) =>
    [
        Sql.Text(key.KeyId),
        Sql.Text(key.Name),
        Sql.Bytes(key.KeyHash),
        new NpgsqlParameter
        {
            Value = key.Permissions is null ? DBNull.Value : PermissionNames(key),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        },
        Sql.Time(key.CreatedAt),
        Sql.TimeOrNull(key.ExpiresAt),
        Sql.TimeOrNull(key.RevokedAt),
        Sql.Text(key.PrincipalId),
        Sql.Text(key.Kind == ApiKeyKind.Certificate ? Certificate : Secret),
        new NpgsqlParameter { Value = key.Addresses.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Cidr },
        Sql.Text(key.CreatedBy),
        Sql.TextOrNull(key.ReplacedBy),
        Sql.TimeOrNull(key.LastUsedAt),
        Sql.TextOrNull(key.LastUsedFrom),
    ];

    private static string[] PermissionNames(ApiKey key) => key.Permissions is null
        ? ["*"]
        : [.. key.Permissions.Select(permission => Names.FindValueByNumber((int)permission).Name).Order()];

    internal static ApiKey Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetFieldValue<byte[]>(2),
        row.IsDBNull(3) ? null : Permissions(row.GetFieldValue<string[]>(3)),
        row.GetFieldValue<DateTimeOffset>(4),
        TimeOrNull(row, 5),
        TimeOrNull(row, 6))
    {
        PrincipalId = row.GetString(7),
        Kind = row.GetString(8) == Certificate ? ApiKeyKind.Certificate : ApiKeyKind.Secret,
        Addresses = row.GetFieldValue<IPNetwork[]>(9),
        CreatedBy = row.GetString(10),
        ReplacedBy = row.IsDBNull(11) ? null : row.GetString(11),
        LastUsedAt = TimeOrNull(row, 12),
        LastUsedFrom = row.IsDBNull(13) ? null : row.GetString(13),
    };

    private static DateTimeOffset? TimeOrNull(NpgsqlDataReader row, int ordinal) =>
        row.IsDBNull(ordinal) ? null : row.GetFieldValue<DateTimeOffset>(ordinal);

    /// <summary>A permission that this build does not know, because a newer one granted it, allows nothing here.</summary>
    private static HashSet<Permission> Permissions(string[] names) =>
        [.. names.Select(Names.FindValueByName).Where(value => value is not null).Select(value => (Permission)value.Number)];
}
