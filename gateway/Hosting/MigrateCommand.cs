using Cluster.Gateway.Configuration;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Schema;
using Npgsql;

namespace Cluster.Gateway.Hosting;

/// <summary>
/// <c>migrate [--grant-to ROLE]</c>: brings the database to this build's schema as the role that owns the tables, gives
/// another role what the cluster's processes need of them, and ends. A process that runs as that other role can neither
/// change the schema nor rewrite the audit log.
/// </summary>
internal static class MigrateCommand
{
    private const string Usage = "usage: cluster-gateway migrate [--grant-to ROLE]";

    /// <summary>EX_USAGE of sysexits.h.</summary>
    private const int WrongUsage = 64;

    /// <summary>Migrates under the advisory lock that every process takes which starts.</summary>
    /// <param name="args">What follows <c>migrate</c>.</param>
    /// <param name="output">Gets the answer.</param>
    /// <param name="configuration">Names the database, with the role that owns it or shall.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="SchemaException">The database's schema cannot be brought there, or the role is none.</exception>
    public static async Task<int> Run(string[] args, TextWriter output, IConfiguration configuration)
    {
        if (args is not ([] or ["--grant-to", { Length: > 0 }]))
        {
            await output.WriteLineAsync(Usage);
            return WrongUsage;
        }

        await using var services = new ServiceCollection().AddLogging().AddStorage(configuration).BuildServiceProvider();
        ClusterConfiguration.Demand([], services);
        await services.GetRequiredService<SchemaMigrator>().Migrate(CancellationToken.None);
        await output.WriteLineAsync($"The database has the {MigrationCatalog.Embedded.Count} migrations of this build.");
        if (args is [_, var role])
        {
            await Grant(services.GetRequiredService<NpgsqlDataSource>(), role);
            await output.WriteLineAsync($"The role {role} has what the cluster's processes need, and no more.");
        }

        return 0;
    }

    private static async Task Grant(NpgsqlDataSource source, string role)
    {
        try
        {
            await using var command = source.CreateCommand("select grant_to_cluster($1)");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Name });
            await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new SchemaException(
                $"The role {role} cannot be given its rights: {error.MessageText}. Make it first (create role {role} login password '…'), and run this as the role that owns the tables.",
                error);
        }
    }
}
