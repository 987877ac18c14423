using Cluster.Solana;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>How much a hot wallet keeps of an asset.</summary>
/// <param name="Mint">Null for SOL.</param>
/// <param name="Amount">Base units; what is above it goes to the wallet's parent.</param>
public readonly record struct Ceiling(PublicKey? Mint, ulong Amount);

/// <summary>Reads and writes <c>wallet_ceilings</c>.</summary>
/// <param name="database">Holds them.</param>
public sealed class CeilingStore(Database database)
{
    /// <summary>A wallet's ceilings, SOL first.</summary>
    /// <param name="walletId">Which wallet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Ceiling>> List(string walletId, CancellationToken cancellationToken) =>
        database.Query(
            "select mint, amount from wallet_ceilings where wallet_id = $1 order by mint",
            [Sql.Text(walletId)],
            static row => new Ceiling(row.GetString(0) is { Length: > 0 } mint ? PublicKey.Parse(mint) : null, Database.BaseUnits(row, 1)),
            cancellationToken);

    /// <summary>Sets a ceiling, or changes the one that there is.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="walletId">Which wallet.</param>
    /// <param name="ceiling">From now on.</param>
    public static void Set(Changes changes, string walletId, Ceiling ceiling) =>
        changes.Add(
            """
            insert into wallet_ceilings (wallet_id, mint, amount) values ($1, $2, $3)
            on conflict (wallet_id, mint) do update set amount = excluded.amount
            """,
            Sql.Text(walletId),
            Sql.Text(ceiling.Mint?.ToString() ?? ""),
            Sql.BaseUnits(ceiling.Amount));

    /// <summary>Takes a ceiling away; one that is not there is no error.</summary>
    /// <param name="changes">Takes the statement.</param>
    /// <param name="walletId">Which wallet.</param>
    /// <param name="mint">Null for SOL.</param>
    public static void Remove(Changes changes, string walletId, PublicKey? mint) =>
        changes.Add(
            "delete from wallet_ceilings where wallet_id = $1 and mint = $2",
            Sql.Text(walletId),
            Sql.Text(mint?.ToString() ?? ""));
}
