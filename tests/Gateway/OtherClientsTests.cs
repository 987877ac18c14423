using System.Text.Json;
using Cluster.Tests.Grpc;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Gateway;

/// <summary>The gateway as other languages' gRPC clients see it.</summary>
public sealed class OtherClientsTests
{
    [Fact]
    public async Task Nodes_client_calls_with_nothing_but_the_protos_and_a_key()
    {
        await using var gateway = await WithWallet();
        await NodePackages.EnsureAsync("tests/clients");

        AssertAnswers(await OtherClient.RunAsync(
            "node",
            RepositoryRoot.Combine("tests", "clients", "gateway_client.mjs"),
            gateway.GrpcAddress.Authority,
            gateway.AdministratorKey,
            RepositoryRoot.Combine("contracts", "protos")));
    }

    [Fact]
    public async Task Pythons_client_calls_with_nothing_but_descriptors_and_a_key()
    {
        await using var gateway = await WithWallet();
        await OtherClient.DemandPythonAsync();

        AssertAnswers(await OtherClient.RunAsync(
            OtherClient.Python,
            RepositoryRoot.Combine("tests", "clients", "gateway_client.py"),
            gateway.GrpcAddress.Authority,
            gateway.AdministratorKey,
            OtherClient.DescriptorsOf(WalletsReflection.Descriptor)));
    }

    private static async Task<GatewayUnderTest> WithWallet()
    {
        var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answer = static (_, request, _) => Task.FromResult<IMessage>(
            new Wallet { WalletId = ((GetWalletRequest)request).WalletId, Kind = WalletKind.Treasury, Version = ulong.MaxValue });
        return gateway;
    }

    private static void AssertAnswers(JsonElement seen)
    {
        var wallet = seen.GetProperty("known");
        Assert.Equal("treasury", wallet.GetProperty("wallet_id").GetString());
        Assert.Equal("TREASURY", wallet.GetProperty("kind").GetString());
        Assert.Equal("18446744073709551615", wallet.GetProperty("version").GetString());
        Assert.All(["unknown", "none"], name => Assert.Equal(16, seen.GetProperty(name).GetProperty("code").GetInt32()));
        Assert.Equal("the API key is not valid", seen.GetProperty("unknown").GetProperty("message").GetString());
    }
}
