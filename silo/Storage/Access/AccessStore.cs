using System.Data;
using Npgsql;

namespace Cluster.Silo.Storage.Access;

/// <summary>Reads and writes who may do what.</summary>
/// <param name="database">Holds <c>principals</c>, <c>role_bindings</c>, <c>api_keys</c> and <c>access_state</c>.</param>
public sealed class AccessStore(Database database)
{
    /// <summary>Where PostgreSQL tells that something has changed.</summary>
    public const string Channel = "cluster_access";

    private const string BindingColumns = "principal_id, role, scope_kind, scope_id, effect, granted_by, granted_at";

    /// <summary>The version that the next change must find.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> ReadVersion(CancellationToken cancellationToken) =>
        (await database.Query("select version from access_state", [], static row => row.GetInt64(0), cancellationToken))[0];

    /// <summary>All of it, as of one moment.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AccessBook> Load(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("select version from access_state"),
                new NpgsqlBatchCommand("select principal_id, name, created_at from principals"),
                new NpgsqlBatchCommand($"select {BindingColumns} from role_bindings"),
                new NpgsqlBatchCommand($"select {ApiKeyStore.Columns} from api_keys where revoked_at is null"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var version = (await ReadAll(reader, static row => row.GetInt64(0), cancellationToken))[0];
        var principals = await ReadNext(reader, ReadPrincipal, cancellationToken);
        var bindings = await ReadNext(reader, ReadBinding, cancellationToken);
        var keys = await ReadNext(reader, ApiKeyStore.Read, cancellationToken);
        return new AccessBook(
            version,
            principals.ToDictionary(principal => principal.PrincipalId, StringComparer.Ordinal),
            bindings.ToLookup(binding => binding.PrincipalId, StringComparer.Ordinal),
            keys.ToDictionary(key => key.KeyId, StringComparer.Ordinal));
    }

    /// <summary>Makes the changes fail where anything has changed since a book was read.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="book">What the change was judged by.</param>
    public static void Advance(Changes changes, AccessBook book) => changes.AddGuarded(
        "update access_state set version = version + 1 where version = $1", "who may do what", Sql.Big(book.Version));

    /// <summary>Tells gateways of a change that does not depend on others.</summary>
    /// <param name="changes">Takes the statement.</param>
    public static void Advance(Changes changes) => changes.Add("update access_state set version = version + 1");

    /// <summary>Adds a principal; one that is there stays as it is.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="principal">The new one.</param>
    public static void Insert(Changes changes, PrincipalRecord principal) => changes.Add(
        "insert into principals (principal_id, name, created_at) values ($1, $2, $3) on conflict do nothing",
        Sql.Text(principal.PrincipalId),
        Sql.Text(principal.Name),
        Sql.Time(principal.CreatedAt));

    /// <summary>Adds a binding; one that is there stays as it is.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="binding">The new one.</param>
    public static void Insert(Changes changes, RoleBinding binding) => changes.Add(
        $"insert into role_bindings ({BindingColumns}) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        [.. KeyOf(binding), Sql.Text(binding.GrantedBy), Sql.Time(binding.GrantedAt)]);

    /// <summary>Removes a binding.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="binding">The one that goes.</param>
    public static void Delete(Changes changes, RoleBinding binding) => changes.AddGuarded(
        "delete from role_bindings where (principal_id, role, scope_kind, scope_id, effect) = ($1, $2, $3, $4, $5)",
        "a role binding",
        KeyOf(binding));

    private static NpgsqlParameter[] KeyOf(RoleBinding binding) =>
    [
        Sql.Text(binding.PrincipalId),
        Sql.Text(AccessText.Of(binding.Role)),
        Sql.Text(AccessText.Of(binding.Scope.Kind)),
        Sql.Text(binding.Scope.Id),
        Sql.Text(AccessText.Of(binding.Effect)),
    ];

    private static PrincipalRecord ReadPrincipal(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2));

    private static RoleBinding ReadBinding(NpgsqlDataReader row) => new(
        row.GetString(0),
        AccessText.ParseRole(row.GetString(1)),
        new AccessScope(AccessText.ParseScopeKind(row.GetString(2)), row.GetString(3)),
        AccessText.ParseEffect(row.GetString(4)),
        row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(6));

    private static async Task<List<T>> ReadNext<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        return await ReadAll(reader, read, cancellationToken);
    }

    private static async Task<List<T>> ReadAll<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
