using System.Diagnostics;
using System.Text.Json.Nodes;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class KitTests
{
    [Fact]
    public async Task Solana_kit_pays_mints_and_reads_as_on_any_network()
    {
        await NodePackages.EnsureAsync("tests/clients");
        await using var localnet = await LocalnetProcess.StartAsync();

        var told = await RunAsync("localnet-kit.mjs", localnet.Url.ToString().TrimEnd('/'));

        var expected = JsonNode.Parse(
            """
            {
              "balance": "1234567", "parsedAmount": "42", "ownedAccounts": [true], "tokenBalance": "42000000", "supply": "42000000",
              "fetchedAmount": "42000000", "fee": "5000", "paidAccording": "1234567", "history": 2,
              "failure": { "cause": "Custom program error: #1 (instruction #1)", "hasLogs": true },
              "blockhashIsValid": true, "isHealthy": "ok", "epochSlots": "432000", "fees": true, "rent": "2039280"
            }
            """);
        Assert.True(JsonNode.DeepEquals(expected, told), told.ToJsonString());
    }

    private static async Task<JsonNode> RunAsync(string script, string argument)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [RepositoryRoot.Combine("tests", "clients", script), argument])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = node.StandardOutput.ReadToEndAsync();
        var errors = node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        return JsonNode.Parse(await output)!;
    }
}
