using Cluster.Silo.Storage;
using Npgsql;

namespace Cluster.Gateway.Health;

/// <summary>PostgreSQL answers.</summary>
internal sealed class DatabaseCheck(Database database) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "database";

    /// <inheritdoc/>
    public async Task<string?> FindFault(CancellationToken cancellationToken)
    {
        try
        {
            await database.Query("select 1", [], static row => row.GetInt32(0), cancellationToken);
            return null;
        }
        catch (NpgsqlException error)
        {
            return error.SqlState is { } state ? $"PostgreSQL answers with an error ({state})" : "PostgreSQL cannot be reached";
        }
    }
}
