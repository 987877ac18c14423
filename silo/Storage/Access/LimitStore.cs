using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Access;

/// <summary>Reads and writes limits, and holds payments to them.</summary>
/// <param name="database">Holds <c>limit_rules</c> and <c>allowed_destinations</c>.</param>
public sealed class LimitStore(Database database)
{
    /// <summary>How rules write SOL; mints are written as their addresses.</summary>
    public const string Sol = "SOL";

    private const string Columns =
        """
        rule_id, scope_kind, scope_id, asset, max_amount, second_factor_from, window_seconds, max_count, max_window_amount,
        waiting_seconds, set_by, set_at
        """;

    /// <summary>
    /// Makes the changes fail where a payment breaks a limit, and counts it where it does not. What the cluster itself moves
    /// is not limited: the start of a campaign was.
    /// </summary>
    /// <param name="changes">Takes the statement; carries the payment too.</param>
    /// <param name="call">Who pays.</param>
    /// <param name="walletId">From where.</param>
    /// <param name="mint">What; null for SOL.</param>
    /// <param name="amount">Base units.</param>
    /// <param name="destination">To whom; null for a campaign, which pays many.</param>
    internal static void Spend(Changes changes, Call call, string walletId, PublicKey? mint, ulong amount, PublicKey? destination)
    {
        if (!call.Caller.IsSystem)
        {
            changes.Add(
                "select spend_within_limits($1, $2, $3, $4, $5, $6)",
                Sql.Text(walletId),
                Sql.Text(call.Caller.PrincipalId),
                Sql.Text(mint?.ToString() ?? Sol),
                Sql.BaseUnits(amount),
                Sql.KeyOrNull(destination),
                Sql.Bool(call.Caller.HasSecondFactor));
        }
    }

    /// <summary>A rule; null where there is none.</summary>
    /// <param name="ruleId">Which one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LimitRule?> Find(string ruleId, CancellationToken cancellationToken) =>
        (await database.Query($"select {Columns} from limit_rules where rule_id = $1", [Sql.Text(ruleId)], Read, cancellationToken))
        .SingleOrDefault();

    /// <summary>A page of rules, in order of id.</summary>
    /// <param name="after">The last id of the page before; empty for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<LimitRule>> List(string after, int limit, CancellationToken cancellationToken) => database.Query(
        $"select {Columns} from limit_rules where rule_id > $1 order by rule_id limit $2", [Sql.Text(after), Sql.Int(limit)], Read, cancellationToken);

    /// <summary>The destinations that rules list, oldest first.</summary>
    /// <param name="ruleIds">The rules.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<ListedDestination>> ListDestinations(IEnumerable<string> ruleIds, CancellationToken cancellationToken) => database.Query(
        "select rule_id, address, added_by, added_at from allowed_destinations where rule_id = any($1) order by added_at, address",
        [new NpgsqlParameter { Value = ruleIds.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }],
        static row => new ListedDestination(
            row.GetString(0), PublicKey.FromBytes(row.GetFieldValue<byte[]>(1)), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)),
        cancellationToken);

    /// <summary>Adds a rule, or changes the one with its id; what was counted stays counted.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="rule">As it is from now on.</param>
    internal static void Set(Changes changes, LimitRule rule) => changes.Add(
        $"""
        insert into limit_rules ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (rule_id) do update set scope_kind = $2, scope_id = $3, asset = $4, max_amount = $5, second_factor_from = $6,
          window_seconds = $7, max_count = $8, max_window_amount = $9, waiting_seconds = $10, set_by = $11, set_at = $12
        """,
        Sql.Text(rule.RuleId),
        Sql.Text(TextOf(rule.ScopeKind)),
        Sql.Text(rule.ScopeId),
        Sql.Text(rule.Asset),
        BaseUnitsOrNull(rule.MaxAmount),
        BaseUnitsOrNull(rule.SecondFactorFrom),
        IntOrNull(rule.WindowSeconds),
        IntOrNull(rule.MaxCount),
        BaseUnitsOrNull(rule.MaxWindowAmount),
        IntOrNull(rule.WaitingSeconds),
        Sql.Text(rule.SetBy),
        Sql.Time(rule.SetAt));

    /// <summary>Removes a rule with its list and what was counted.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="ruleId">Which one.</param>
    internal static void Remove(Changes changes, string ruleId) =>
        changes.AddGuarded("delete from limit_rules where rule_id = $1", "a limit", Sql.Text(ruleId));

    /// <summary>Lists a destination; one that is listed keeps its time.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="listed">The destination.</param>
    internal static void Allow(Changes changes, ListedDestination listed) => changes.Add(
        "insert into allowed_destinations (rule_id, address, added_by, added_at) values ($1, $2, $3, clock_timestamp()) on conflict do nothing",
        Sql.Text(listed.RuleId),
        Sql.Key(listed.Address),
        Sql.Text(listed.AddedBy));

    /// <summary>Takes a destination from a list.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="ruleId">The rule.</param>
    /// <param name="address">The destination.</param>
    internal static void Disallow(Changes changes, string ruleId, PublicKey address) =>
        changes.Add("delete from allowed_destinations where rule_id = $1 and address = $2", Sql.Text(ruleId), Sql.Key(address));

    /// <summary>How rows write kinds of scopes.</summary>
    /// <param name="kind">The kind.</param>
    internal static string TextOf(LimitScopeKind kind) => kind switch
    {
        LimitScopeKind.Everything => "everything",
        LimitScopeKind.Project => "project",
        LimitScopeKind.Wallet => "wallet",
        LimitScopeKind.Principal => "principal",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind of scope"),
    };

    private static LimitScopeKind KindOf(string text) => text switch
    {
        "everything" => LimitScopeKind.Everything,
        "project" => LimitScopeKind.Project,
        "wallet" => LimitScopeKind.Wallet,
        "principal" => LimitScopeKind.Principal,
        _ => throw new FormatException($"limit_rules.scope_kind holds {text}"),
    };

    private static LimitRule Read(NpgsqlDataReader row) => new()
    {
        RuleId = row.GetString(0),
        ScopeKind = KindOf(row.GetString(1)),
        ScopeId = row.GetString(2),
        Asset = row.GetString(3),
        MaxAmount = row.IsDBNull(4) ? null : Database.BaseUnits(row, 4),
        SecondFactorFrom = row.IsDBNull(5) ? null : Database.BaseUnits(row, 5),
        WindowSeconds = row.IsDBNull(6) ? null : row.GetInt32(6),
        MaxCount = row.IsDBNull(7) ? null : row.GetInt32(7),
        MaxWindowAmount = row.IsDBNull(8) ? null : Database.BaseUnits(row, 8),
        WaitingSeconds = row.IsDBNull(9) ? null : row.GetInt32(9),
        SetBy = row.GetString(10),
        SetAt = row.GetFieldValue<DateTimeOffset>(11),
    };

    private static NpgsqlParameter BaseUnitsOrNull(ulong? value) =>
        new() { Value = value is { } amount ? (decimal)amount : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Numeric };

    private static NpgsqlParameter IntOrNull(int? value) =>
        new() { Value = value is { } number ? number : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };
}
