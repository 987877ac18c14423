using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Schema;
using Npgsql;

namespace Cluster.Gateway.Health;

/// <summary>The database has this build's schema: it could have been replaced while the process runs.</summary>
internal sealed class MigrationsCheck(Database database) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "migrations";

    /// <inheritdoc/>
    public async Task<string?> FindFault(CancellationToken cancellationToken)
    {
        var expected = MigrationCatalog.Embedded.Count;
        try
        {
            var applied = await database.Query("select count(*) from schema_migrations", [], static row => row.GetInt64(0), cancellationToken);
            return applied[0] >= expected ? null : $"the database has {applied[0]} of {expected} migrations";
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return "the database has no schema";
        }
        catch (NpgsqlException)
        {
            return "the database cannot be asked";
        }
    }
}
