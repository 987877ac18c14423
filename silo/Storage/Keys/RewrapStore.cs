using Cluster.Silo.Keys;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Silo.Storage.Wallets;

namespace Cluster.Silo.Storage.Keys;

/// <summary>Reads and writes wallets' keys page by page while they are wrapped anew.</summary>
/// <param name="database">Holds <c>wallet_keys</c>.</param>
public sealed class RewrapStore(Database database)
{
    private const string Wanted = "custody = 'sealed' and key_encryption_key <> $1 and ($2 = '' or key_encryption_key = $2)";

    /// <summary>How many keys are still to be wrapped anew.</summary>
    /// <param name="target">The key that they are to be wrapped under.</param>
    /// <param name="source">Only those that this one wrapped; empty for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> Count(string target, string source, CancellationToken cancellationToken) => (await database.Query(
        $"select count(*) from wallet_keys where {Wanted}", [Sql.Text(target), Sql.Text(source)], row => row.GetInt64(0), cancellationToken)).Single();

    /// <summary>The next keys after a cursor, in order of wallet and version.</summary>
    /// <param name="target">As above.</param>
    /// <param name="source">As above.</param>
    /// <param name="afterWallet">The cursor.</param>
    /// <param name="afterVersion">The cursor.</param>
    /// <param name="limit">At most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<SealedKey>> Page(
        string target, string source, string afterWallet, int afterVersion, int limit, CancellationToken cancellationToken) => database.Query(
        $"""
        select {WalletKeyStore.Columns} from wallet_keys
        where (wallet_id, key_version) > ($3, $4) and {Wanted}
        order by wallet_id, key_version limit $5
        """,
        [Sql.Text(target), Sql.Text(source), Sql.Text(afterWallet), Sql.Int(afterVersion), Sql.Int(limit)],
        WalletKeyStore.Read,
        cancellationToken);

    /// <summary>Writes keys that were wrapped anew; one that somebody else has changed meanwhile stays as it is.</summary>
    /// <param name="changes">Commits them.</param>
    /// <param name="before">As they were read.</param>
    /// <param name="after">As they are to be, in the same order.</param>
    public static void Write(Changes changes, IReadOnlyList<SealedKey> before, IReadOnlyList<SealedKey> after) => changes.Add(
        """
        update wallet_keys k set wrapped_data_key = u.after, key_encryption_key = u.target
        from unnest($1, $2, $3, $4, $5) as u (wallet_id, key_version, before, after, target)
        where k.wallet_id = u.wallet_id and k.key_version = u.key_version and k.wrapped_data_key = u.before
        """,
        SqlArray.Text([.. after.Select(key => key.WalletId)]),
        SqlArray.Int([.. after.Select(key => key.Version)]),
        SqlArray.Bytes([.. before.Select(key => key.WrappedDataKey.ToArray())]),
        SqlArray.Bytes([.. after.Select(key => key.WrappedDataKey.ToArray())]),
        SqlArray.Text([.. after.Select(key => key.KeyEncryptionKeyId)]));
}
