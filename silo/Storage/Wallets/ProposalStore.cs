using Cluster.Solana;
using Cluster.V1;
using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>Reads and writes <c>wallet_proposals</c>.</summary>
/// <param name="database">Holds them.</param>
public sealed class ProposalStore(Database database)
{
    private const string Columns =
        "proposal_id, wallet_id, state, destination, mint, amount, memo, threshold, approvers, proposed_by, approved_by, transfer_id, created_at, version";

    /// <summary>A proposal of a wallet; null where it has no such proposal.</summary>
    /// <param name="walletId">The wallet.</param>
    /// <param name="proposalId">The proposal.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ProposalRecord?> Find(string walletId, Guid proposalId, CancellationToken cancellationToken) =>
        (await database.Query(
            $"select {Columns} from wallet_proposals where proposal_id = $1 and wallet_id = $2",
            [Sql.Uuid(proposalId), Sql.Text(walletId)],
            Read,
            cancellationToken)).SingleOrDefault();

    /// <summary>One of these that is no principal; null where all are.</summary>
    /// <param name="principalIds">Ids.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> FindUnknownPrincipal(IEnumerable<string> principalIds, CancellationToken cancellationToken) =>
        (await database.Query(
            "select id from unnest($1) id where not exists (select 1 from principals where principal_id = id) limit 1",
            [Texts(principalIds)],
            static row => row.GetString(0),
            cancellationToken)).SingleOrDefault();

    /// <summary>Adds a proposal.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="proposal">Open, with version 1.</param>
    public static void Insert(Changes changes, ProposalRecord proposal) =>
        changes.Add(
            $"insert into wallet_proposals ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            Sql.Uuid(proposal.ProposalId),
            Sql.Text(proposal.WalletId),
            Sql.Text(Text(proposal.State)),
            Sql.KeyOrNull(proposal.Destination),
            Sql.KeyOrNull(proposal.Mint),
            Sql.BaseUnits(proposal.Amount),
            Sql.Text(proposal.Memo),
            Sql.Int(proposal.Rule?.Threshold ?? 0),
            Texts(proposal.Rule?.Approvers ?? []),
            Sql.Text(proposal.ProposedBy),
            Texts(proposal.ApprovedBy),
            TransferId(proposal),
            Sql.Time(proposal.CreatedAt),
            Sql.Big(proposal.Version));

    /// <summary>Writes state, approvals and payment of an open proposal; one that changed meanwhile makes the changes stale.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="proposal">As it becomes, with the version that it was read with.</param>
    public static void Update(Changes changes, ProposalRecord proposal) =>
        changes.AddGuarded(
            """
            update wallet_proposals set state = $3, approved_by = $4, transfer_id = $5, version = version + 1
            where proposal_id = $1 and version = $2 and state = 'open'
            """,
            $"proposal {proposal.ProposalId}",
            Sql.Uuid(proposal.ProposalId),
            Sql.Big(proposal.Version),
            Sql.Text(Text(proposal.State)),
            Texts(proposal.ApprovedBy),
            TransferId(proposal));

    internal static NpgsqlParameter Texts(IEnumerable<string> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter TransferId(ProposalRecord proposal) =>
        new() { Value = (object?)proposal.TransferId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static ProposalRecord Read(NpgsqlDataReader row) => new()
    {
        ProposalId = row.GetGuid(0),
        WalletId = row.GetString(1),
        State = ParseState(row.GetString(2)),
        Destination = row.IsDBNull(3) ? null : PublicKey.FromBytes(row.GetFieldValue<byte[]>(3)),
        Mint = row.IsDBNull(4) ? null : PublicKey.FromBytes(row.GetFieldValue<byte[]>(4)),
        Amount = Database.BaseUnits(row, 5),
        Memo = row.GetString(6),
        Rule = row.GetInt32(7) is var threshold and > 0 ? new ApprovalRule(threshold, row.GetFieldValue<string[]>(8)) : null,
        ProposedBy = row.GetString(9),
        ApprovedBy = row.GetFieldValue<string[]>(10),
        TransferId = row.IsDBNull(11) ? null : row.GetGuid(11),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(12),
        Version = row.GetInt64(13),
    };

    private static string Text(ProposalState state) => state switch
    {
        ProposalState.ProposalOpen => "open",
        ProposalState.ProposalDone => "done",
        ProposalState.ProposalRejected => "rejected",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
    };

    private static ProposalState ParseState(string text) => text switch
    {
        "open" => ProposalState.ProposalOpen,
        "done" => ProposalState.ProposalDone,
        "rejected" => ProposalState.ProposalRejected,
        _ => throw new FormatException($"wallet_proposals.state holds {text}"),
    };
}
