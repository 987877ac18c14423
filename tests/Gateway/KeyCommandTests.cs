using Cluster.Gateway.Access;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class KeyCommandTests
{
    [Fact]
    public async Task A_key_is_made_used_listed_and_revoked()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var key = (await Run(gateway.Database, "create", "shop", "VIEW_BALANCE,send_tokens")).Output.Trim();
        await gateway.Refresh();
        var (allowed, _, _) = await gateway.CallJson("Wallets/GetWallet", "{}", key);
        var (denied, _, _) = await gateway.CallJson("Wallets/CreateWallet", "{}", key);
        Assert.True(ApiKeyText.TryParse(key, out var parsed));

        var before = (await Run(gateway.Database, "list")).Output;
        await Run(gateway.Database, "revoke", parsed.Id);
        var after = (await Run(gateway.Database, "list")).Output;
        await gateway.Refresh();
        var (revoked, _, _) = await gateway.CallJson("Wallets/GetWallet", "{}", key);

        Assert.Equal((200, 403, 401), (allowed, denied, revoked));
        Assert.Contains($"{parsed.Id}  valid", before, StringComparison.Ordinal);
        Assert.Contains("shop  VIEW_BALANCE,SEND_TOKENS", before, StringComparison.Ordinal);
        Assert.Contains($"{parsed.Id}  revoked", after, StringComparison.Ordinal);
        Assert.DoesNotContain(key[^64..], before + after, StringComparison.Ordinal);
        Assert.Equal(2, await gateway.Database.Scalar<long>($"select count(*) from audit_log where subject_key = '{parsed.Id}' and caller_id = 'operator:{Environment.UserName}'"));
    }

    [Theory]
    [InlineData("create", "shop", "VIEW_BALANCES")]
    [InlineData("create", "shop", "VIEW_BALANCE", "tomorrow")]
    [InlineData("revoke", "0123456789abcdef")]
    public async Task What_cannot_be_done_is_said(params string[] args)
    {
        await using var database = await TestDatabase.Create();

        var error = await Assert.ThrowsAsync<ClusterException>(() => Run(database, args));

        Assert.Contains(args[^1], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_the_usage_is_printed()
    {
        await using var database = await TestDatabase.Create();

        var (exitCode, output) = await Run(database);

        Assert.Equal(64, exitCode);
        Assert.StartsWith("usage:", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> Run(TestDatabase database, params string[] args)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:Cluster", (string?)database.ConnectionString)])
            .Build();
        using var output = new StringWriter();
        var exitCode = await KeyCommand.Run(args, output, configuration);
        return (exitCode, output.ToString());
    }
}
