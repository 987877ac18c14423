using System.Diagnostics;
using Npgsql;

namespace Cluster.Tests.Support;

/// <summary>A whole database as text, by PostgreSQL's own tool.</summary>
internal static class DatabaseDump
{
    /// <summary>Every row as an insert statement.</summary>
    public static async Task<string> Of(TestDatabase database)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var process = Process.Start(new ProcessStartInfo(
            PostgresServer.Binary("pg_dump"),
            ["--inserts", "-h", connection.Host!, "-p", connection.Port.ToString(), "-U", connection.Username!, connection.Database!])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var dump = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? dump : throw new InvalidOperationException($"pg_dump ended with {process.ExitCode}");
    }
}
