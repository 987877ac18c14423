using System.Diagnostics;
using Cluster.Tests.Support;
using Npgsql;
using Xunit;

namespace Cluster.Tests.Silo.Audit;

/// <summary>A dump that is restored into another server, where the numbers of transactions begin anew.</summary>
public sealed class RestoredLogTests
{
    [Fact]
    public async Task A_log_that_was_restored_into_another_server_goes_on_and_stays_whole()
    {
        await using var log = await AuditFixture.Create();
        await log.Database.Execute("do $$ begin for i in 1..20000 loop begin perform pg_current_xact_id(); commit; end; end loop; end $$");
        await log.Write("a", "b");
        await log.SealAll();
        await log.Write("c");
        var anchor = (await log.Verify()).Last.Anchor;
        var dump = await DatabaseDump.Of(log.Database);
        await using var elsewhere = await PostgresServer.Start();
        await using var database = await elsewhere.CreateEmptyDatabase();
        await Load(database, dump);
        await using var restored = AuditFixture.On(database);

        await restored.Write("d");
        while (await restored.Seals.SealNext(CancellationToken.None) is null)
        {
            await Task.Yield();
        }

        await restored.Write("e");
        while (await restored.Seals.SealNext(CancellationToken.None) is null)
        {
            await Task.Yield();
        }

        var (findings, last) = await restored.Verify(anchor);
        Assert.Empty(findings);
        Assert.Equal((5UL, 3UL, 0UL), (last.Entries, last.Seals, last.Unsealed));
        await restored.Tamper("delete from audit_log where subject_key = 'c'");
        Assert.Equal("entry 3 was removed", Assert.Single((await restored.Verify()).Findings).Text);
    }

    private static async Task Load(TestDatabase database, string dump)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var process = Process.Start(new ProcessStartInfo(
            PostgresServer.Binary("psql"),
            ["-q", "-v", "ON_ERROR_STOP=1", "-h", connection.Host!, "-p", connection.Port.ToString(), "-U", connection.Username!, connection.Database!])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(dump);
        process.StandardInput.Close();
        await output;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
