namespace Cluster.Silo.Storage.Access;

/// <summary>Finds to which wallet and project belongs what a call names.</summary>
/// <param name="database">Holds wallets and campaigns.</param>
public sealed class ResourceStore(Database database)
{
    /// <summary>More generations than wallets have; ends a walk that data in a circle would make endless.</summary>
    private const int MaxGenerations = 32;

    /// <summary>The topmost ancestor of a wallet, which is the wallet itself where it has no parent; null where there is no such wallet.</summary>
    /// <param name="walletId">The wallet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> FindProject(string walletId, CancellationToken cancellationToken) =>
        (await database.Query(
            $"""
            with recursive line as (
              select wallet_id, parent_wallet_id, 1 as generation from wallets where wallet_id = $1
              union all
              select w.wallet_id, w.parent_wallet_id, generation + 1
              from wallets w join line on w.wallet_id = line.parent_wallet_id where generation < {MaxGenerations})
            select wallet_id from line where parent_wallet_id is null
            """,
            [Sql.Text(walletId)],
            static row => row.GetString(0),
            cancellationToken)).SingleOrDefault();

    /// <summary>The wallet that a campaign pays from; null where there is no such campaign.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> FindSource(string campaignId, CancellationToken cancellationToken) =>
        (await database.Query(
            "select wallet_id from campaigns where campaign_id = $1",
            [Sql.Text(campaignId)],
            static row => row.GetString(0),
            cancellationToken)).SingleOrDefault();
}
