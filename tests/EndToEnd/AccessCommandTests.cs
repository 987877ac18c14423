using Cluster.Cli.Connection;
using Cluster.Grpc;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary>Who may do what, decided by the real command line at the real gateway.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class AccessCommandTests
{
    [Fact]
    public async Task A_principal_with_a_key_and_a_limit_is_made_used_and_ended_by_the_command_line()
    {
        await using var airdrop = await Airdrop.Set(new LocalnetOptions(), new { decimals = 6 }, ClusterProcess.StartEmbedded);
        await Runs(airdrop, "access", "principal", "create", "shop", "--name", "Web shop");
        Assert.Contains("operator on wallet", await Runs(airdrop, "access", "grant", "shop", "operator", "--wallet", Airdrop.Source), StringComparison.Ordinal);
        var made = await Runs(airdrop, "key", "create", "shop", "--from", "127.0.0.0/8", "--key-id", "00112233445566aa");
        var secret = made.Split('\n', StringSplitOptions.TrimEntries).Single(line => line.StartsWith("cluster_00112233445566aa_", StringComparison.Ordinal));
        await using var shop = new ClusterClient(airdrop.Cluster.Servers, secret);

        var balances = await shop.Call<Balances>(new GetBalancesRequest { WalletId = Airdrop.Source }, CancellationToken.None);
        var list = await Assert.ThrowsAsync<RpcException>(() => shop.Call<ListWalletsReply>(new ListWalletsRequest(), CancellationToken.None));
        Assert.Equal(Airdrop.Source, balances.WalletId);
        Assert.Equal(StatusCode.PermissionDenied, list.StatusCode);
        Assert.Contains("10 payments in 01:00:00", await Runs(airdrop, "limit", "set", "shop-hourly", "--principal", "shop", "--window", "01:00:00", "--count", "10"), StringComparison.Ordinal);
        Assert.Contains("shop-hourly", await Runs(airdrop, "limit", "list"), StringComparison.Ordinal);
        Assert.Contains("none", await Runs(airdrop, "second-factor", "status", "shop"), StringComparison.Ordinal);
        Assert.Contains("shop", await Runs(airdrop, "key", "list", "--principal", "shop"), StringComparison.Ordinal);

        Assert.Contains("revoked", await Runs(airdrop, "key", "revoke", "00112233445566aa"), StringComparison.Ordinal);
        var start = TimeProvider.System.GetTimestamp();
        while (await StillOpens(shop))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "the revoked key still opens");
        }
    }

    private static async Task<bool> StillOpens(ClusterClient client)
    {
        try
        {
            await client.Call<Wallet>(new GetWalletRequest { WalletId = Airdrop.Source }, CancellationToken.None);
            return true;
        }
        catch (RpcException error)
        {
            Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
            return false;
        }
    }

    private static async Task<string> Runs(Airdrop airdrop, params string[] arguments)
    {
        var (exitCode, output) = await CommandLine.Run(airdrop.Cluster, arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)} ended with {exitCode}: {output}");
        return output;
    }
}
