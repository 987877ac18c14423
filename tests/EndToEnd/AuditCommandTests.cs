using System.Text.RegularExpressions;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary><c>cluster audit</c> against a running cluster.</summary>
[Collection(EndToEndGroup.Name)]
public sealed partial class AuditCommandTests
{
    [Fact]
    public async Task What_was_done_is_listed_verified_and_missed_when_it_is_gone()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();
        await using var cluster = await ClusterProcess.Start(database, localnet);
        await CommandLine.Run(cluster, "wallet", "create", "treasury", "--kind", "treasury");
        await CommandLine.Run(cluster, "wallet", "create", "till", "--kind", "user");
        await Sealed(database);

        var query = await CommandLine.Run(cluster, "audit", "query", "--wallet", "treasury", "--operation", "wallet.");
        var json = await CommandLine.Run(cluster, "audit", "query", "--json", "--from", "1h", "--severity", "low");
        var tail = await CommandLine.Run(cluster, "audit", "tail", "--last", "1000");
        var whole = await CommandLine.Run(cluster, "audit", "verify");

        Assert.Equal((0, 0, 0, 0), (query.ExitCode, json.ExitCode, tail.ExitCode, whole.ExitCode));
        Assert.Contains("wallet.create  wallet/treasury", query.Output, StringComparison.Ordinal);
        Assert.Contains("(owner) from 127.0.0.1", query.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wallet/till", query.Output, StringComparison.Ordinal);
        Assert.Contains("\"operation\": \"wallet.create\"", json.Output, StringComparison.Ordinal);
        Assert.True(tail.Output.IndexOf("wallet/treasury", StringComparison.Ordinal) < tail.Output.IndexOf("wallet/till", StringComparison.Ordinal));
        Assert.StartsWith("whole: ", whole.Output, StringComparison.Ordinal);

        var anchor = Anchor().Match(whole.Output).Groups["anchor"].Value;
        await database.Execute(
            "alter table audit_log disable trigger user; delete from audit_log where operation = 'wallet.create' and subject_key = 'till'; alter table audit_log enable trigger user");
        var robbed = await CommandLine.Run(cluster, "audit", "verify", "--anchor", anchor);

        Assert.Equal(7, robbed.ExitCode);
        Assert.Matches("entry [0-9]+ was removed", robbed.Output);
        Assert.Contains("TAMPERED WITH: 1 findings", robbed.Output, StringComparison.Ordinal);
        Assert.Equal(13, (await CommandLine.Run(cluster, "audit", "verify", "--anchor", "nonsense")).ExitCode);
    }

    private static async Task Sealed(TestDatabase database)
    {
        while (!await database.Scalar<bool>("select count(*) = 2 from audit_log a join audit_seals s on a.audit_id = any(s.audit_ids) where a.operation = 'wallet.create'"))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    [GeneratedRegex("anchor (?<anchor>[0-9]+:[0-9a-f]{64})", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Anchor();
}
