using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class ClusterProcessTests
{
    private static readonly ServiceDescriptor Wallets = WalletsReflection.Descriptor.Services[0];

    [Fact]
    public async Task The_real_process_makes_a_wallet_survives_signal_9_and_stops_when_asked()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();
        await using var cluster = await ClusterProcess.Start(database, localnet);
        using var channel = new GrpcChannel(cluster.GrpcAddress);
        var headers = new Metadata();
        headers.Add("authorization", $"Bearer {cluster.AdministratorKey}");
        var options = new Cluster.Grpc.Client.CallOptions { Headers = headers, Timeout = TimeSpan.FromSeconds(30) };
        var request = new CreateWalletRequest { RequestId = "r1", WalletId = "treasury", Kind = WalletKind.Treasury };

        var made = await channel.UnaryAsync<CreateWalletRequest, Wallet>(Wallets.FindMethodByName("CreateWallet"), request, options, TestContext.Current.CancellationToken);
        await cluster.Kill();
        await cluster.Restart();
        var again = await channel.UnaryAsync<CreateWalletRequest, Wallet>(Wallets.FindMethodByName("CreateWallet"), request, options, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = cluster.HttpAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.AdministratorKey);
        var list = await http.PostAsJsonAsync("/v1/Wallets/ListWallets", new { }, TestContext.Current.CancellationToken);
        var wallets = (await list.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["wallets"]!.AsArray();
        var ready = await http.GetFromJsonAsync<JsonNode>("/health/ready", TestContext.Current.CancellationToken);
        var exitCode = await cluster.Stop();

        Assert.Equal(made, again);
        Assert.Equal(made.Address, (string?)Assert.Single(wallets)!["address"]);
        Assert.Equal(["database", "key_encryption_key", "migrations", "solana_rpc"], ready!["parts"]!.AsObject().Select(part => part.Key).Order());
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain(ClusterProcess.WalletEncryptionKey, cluster.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(cluster.AdministratorKey, cluster.Output, StringComparison.Ordinal);
    }
}
