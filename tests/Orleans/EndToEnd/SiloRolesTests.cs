using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;
using CallOptions = Cluster.Grpc.Client.CallOptions;

namespace Cluster.Tests.OrleansHost.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class SiloRolesTests
{
    [Fact]
    public async Task A_cluster_without_a_signer_silo_refuses_to_sign_with_a_sentence_and_signs_once_there_is_one()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();
        await using var cluster = ProcessCluster.Of(database, localnet);
        await cluster.AddSilo("work");
        await cluster.AddGatewayWithoutSilos();
        using var channel = new GrpcChannel(cluster.Servers[0]);
        var headers = new Metadata();
        headers.Add("authorization", $"Bearer {cluster.AdministratorKey}");
        var options = new CallOptions { Headers = headers, Timeout = TimeSpan.FromSeconds(30) };
        var method = WalletsReflection.Descriptor.Services[0].FindMethodByName("CreateWallet");
        var request = new CreateWalletRequest { RequestId = "r1", WalletId = "treasury", Kind = WalletKind.Treasury };

        var refusal = await Assert.ThrowsAsync<RpcException>(Create);
        var written = await database.Scalar<long>("select count(*) from wallet_keys");
        await cluster.AddSilo("signer");
        var wallet = await Create();

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Contains("No silo of role signer is running: start one", refusal.Status.Message, StringComparison.Ordinal);
        Assert.Equal(0, written);
        Assert.Equal("treasury", wallet.WalletId);

        Task<Wallet> Create() => channel.UnaryAsync<CreateWalletRequest, Wallet>(method, request, options, TestContext.Current.CancellationToken);
    }
}
