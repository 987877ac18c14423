using Cluster.Solana;
using Cluster.V1;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>Reads and writes <c>wallets</c>.</summary>
/// <param name="database">Holds them.</param>
public sealed class WalletStore(Database database)
{
    private const string Columns = "wallet_id, kind, address, label, parent_wallet_id, derivation_path, created_at, version, frozen_at, frozen_reason, deletion_requested_at, deleted_at, approval_threshold, approvers";

    /// <summary>A wallet; null where there is none.</summary>
    /// <param name="walletId">Which one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<WalletRecord?> Find(string walletId, CancellationToken cancellationToken) =>
        (await database.Query($"select {Columns} from wallets where wallet_id = $1", [Sql.Text(walletId)], Read, cancellationToken))
        .SingleOrDefault();

    /// <summary>Whether there is a wallet, or a key for one, with this address.</summary>
    /// <param name="address">On chain.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsKnown(PublicKey address, CancellationToken cancellationToken) =>
        (await database.Query(
            "select exists (select 1 from wallets where address = $1) or exists (select 1 from wallet_keys where public_key = $1)",
            [Sql.Key(address)],
            static row => row.GetBoolean(0),
            cancellationToken))[0];

    /// <summary>A wallet below this one, or a campaign that it pays for, that has not ended; null where there is none.</summary>
    /// <param name="walletId">Which wallet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> FindDependent(string walletId, CancellationToken cancellationToken) =>
        (await database.Query(
            """
            (select 'campaign ' || campaign_id from campaigns where wallet_id = $1 and state not in ('completed', 'cancelled') limit 1)
            union all
            (select 'wallet ' || wallet_id from wallets where parent_wallet_id = $1 and deleted_at is null and kind <> 'lane' limit 1)
            limit 1
            """,
            [Sql.Text(walletId)],
            static row => row.GetString(0),
            cancellationToken)).SingleOrDefault();

    /// <summary>A page of wallets, in order of id.</summary>
    /// <param name="kinds">Only these.</param>
    /// <param name="after">The last id of the page before; empty for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<WalletRecord>> List(
        IEnumerable<WalletKind> kinds, string after, int limit, CancellationToken cancellationToken) =>
        database.Query(
            $"""
            select {Columns} from wallets where wallet_id > $1 and kind = any($2) order by wallet_id limit $3
            """,
            [
                Sql.Text(after),
                new NpgsqlParameter { Value = kinds.Select(WalletText.Of).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                Sql.Int(limit),
            ],
            Read,
            cancellationToken);

    /// <summary>Adds a wallet; one of the same id that is there already makes the changes stale.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="wallet">With version 1.</param>
    public static void Insert(Changes changes, WalletRecord wallet) =>
        changes.AddGuarded(
            $"insert into wallets ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing",
            $"wallet {wallet.WalletId}",
            Sql.Text(wallet.WalletId),
            Sql.Text(WalletText.Of(wallet.Kind)),
            Sql.Key(wallet.Address),
            Sql.Text(wallet.Label),
            Sql.TextOrNull(wallet.ParentWalletId),
            Sql.TextOrNull(wallet.DerivationPath),
            Sql.Time(wallet.CreatedAt),
            Sql.Big(wallet.Version),
            Sql.TimeOrNull(wallet.Freeze?.At),
            Sql.Text(wallet.Freeze?.Reason ?? ""),
            Sql.TimeOrNull(wallet.DeletionRequestedAt),
            Sql.TimeOrNull(wallet.DeletedAt),
            Sql.Int(wallet.Approval?.Threshold ?? 0),
            ProposalStore.Texts(wallet.Approval?.Approvers ?? []));

    /// <summary>Says who must agree to payments.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="wallet">As this activation knows it.</param>
    /// <param name="rule">From now on.</param>
    /// <returns>The wallet as it is once the changes are committed.</returns>
    public static WalletRecord SetApproval(Changes changes, WalletRecord wallet, ApprovalRule rule)
    {
        changes.AddGuarded(
            "update wallets set approval_threshold = $3, approvers = $4, version = version + 1 where wallet_id = $1 and version = $2",
            $"wallet {wallet.WalletId}",
            Sql.Text(wallet.WalletId),
            Sql.Big(wallet.Version),
            Sql.Int(rule.Threshold),
            ProposalStore.Texts(rule.Approvers));
        return wallet with { Approval = rule, Version = wallet.Version + 1 };
    }

    /// <summary>Takes a step of a deletion, forward or back.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="wallet">As this activation knows it.</param>
    /// <param name="requestedAt">Null: nobody asks for it any more.</param>
    /// <param name="deletedAt">Null: not yet.</param>
    /// <returns>The wallet as it is once the changes are committed.</returns>
    public static WalletRecord SetDeletion(Changes changes, WalletRecord wallet, DateTimeOffset? requestedAt, DateTimeOffset? deletedAt)
    {
        changes.AddGuarded(
            "update wallets set deletion_requested_at = $3, deleted_at = $4, version = version + 1 where wallet_id = $1 and version = $2",
            $"wallet {wallet.WalletId}",
            Sql.Text(wallet.WalletId),
            Sql.Big(wallet.Version),
            Sql.TimeOrNull(requestedAt),
            Sql.TimeOrNull(deletedAt));
        return wallet with { DeletionRequestedAt = requestedAt, DeletedAt = deletedAt, Version = wallet.Version + 1 };
    }

    /// <summary>Freezes a wallet, or lets it pay again.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="wallet">As this activation knows it.</param>
    /// <param name="freeze">Null: it may pay.</param>
    /// <returns>The wallet as it is once the changes are committed.</returns>
    public static WalletRecord SetFreeze(Changes changes, WalletRecord wallet, WalletFreeze? freeze)
    {
        changes.AddGuarded(
            "update wallets set frozen_at = $3, frozen_reason = $4, version = version + 1 where wallet_id = $1 and version = $2",
            $"wallet {wallet.WalletId}",
            Sql.Text(wallet.WalletId),
            Sql.Big(wallet.Version),
            Sql.TimeOrNull(freeze?.At),
            Sql.Text(freeze?.Reason ?? ""));
        return wallet with { Freeze = freeze, Version = wallet.Version + 1 };
    }

    /// <summary>
    /// Raises the version, which every change of a wallet's payments does: of two activations that pay out of the same
    /// money, one fails here.
    /// </summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="wallet">As this activation knows it.</param>
    /// <returns>The wallet as it is once the changes are committed.</returns>
    public static WalletRecord Touch(Changes changes, WalletRecord wallet)
    {
        changes.AddGuarded(
            "update wallets set version = version + 1 where wallet_id = $1 and version = $2",
            $"wallet {wallet.WalletId}",
            Sql.Text(wallet.WalletId),
            Sql.Big(wallet.Version));
        return wallet with { Version = wallet.Version + 1 };
    }

    private static WalletRecord Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        WalletText.ParseWalletKind(row.GetString(1)),
        PublicKey.FromBytes(row.GetFieldValue<byte[]>(2)),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(6),
        row.GetInt64(7))
    {
        Freeze = row.IsDBNull(8) ? null : new WalletFreeze(row.GetFieldValue<DateTimeOffset>(8), row.GetString(9)),
        DeletionRequestedAt = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
        DeletedAt = row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
        Approval = row.GetInt32(12) is var threshold and > 0 ? new ApprovalRule(threshold, row.GetFieldValue<string[]>(13)) : null,
    };
}
