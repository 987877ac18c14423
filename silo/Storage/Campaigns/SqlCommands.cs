using Npgsql;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Short forms for statements that run within a transaction of their own.</summary>
internal static class SqlCommands
{
    /// <summary>Adds parameters in their order.</summary>
    public static void AddAll(this NpgsqlCommand command, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }
    }
}
