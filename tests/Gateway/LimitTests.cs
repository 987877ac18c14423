using Cluster.Grpc;
using Cluster.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class LimitTests
{
    private static readonly MethodDescriptor GetWallet = WalletsReflection.Descriptor.Services[0].FindMethodByName("GetWallet");

    [Theory]
    [InlineData("--Cluster:Access:MaxRequestsPerKey=2", "the API key")]
    [InlineData("--Cluster:Access:MaxRequests=2", "the gateway")]
    public async Task Requests_beyond_the_bound_are_refused_and_room_is_given_back(string option, string who)
    {
        await using var gateway = await GatewayUnderTest.Start(option);
        var release = new TaskCompletionSource();
        var arrived = new SemaphoreSlim(0);
        gateway.Operations.Answer = async (_, _, _) =>
        {
            arrived.Release();
            await release.Task;
            return new Wallet();
        };
        var waiting = Enumerable.Range(0, 2).Select(_ => gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey)).ToList();
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        await arrived.WaitAsync(TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey));
        var (status, body, _) = await gateway.CallJson("Wallets/GetWallet", "{}", gateway.AdministratorKey);
        release.SetResult();
        await Task.WhenAll(waiting);
        for (var i = 0; i < 5; i++)
        {
            await gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey);
        }

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Contains(who, error.Status.Message, StringComparison.Ordinal);
        Assert.Equal(429, status);
        Assert.Equal("RESOURCE_EXHAUSTED", (string?)body!["error"]!["code"]);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused_and_the_connection_lives_on()
    {
        await using var gateway = await GatewayUnderTest.Start("--Cluster:Limits:MaxMessageBytes=10000");
        var large = new GetWalletRequest { WalletId = new string('w', 10_001) };

        var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, large, gateway.AdministratorKey));
        var (status, body, _) = await gateway.CallJson("Wallets/GetWallet", JsonFormatter.Default.Format(large), gateway.AdministratorKey);
        await gateway.CallGrpc(GetWallet, new GetWalletRequest { WalletId = new string('w', 9_000) }, gateway.AdministratorKey);

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(413, status);
        Assert.Equal("RESOURCE_EXHAUSTED", (string?)body!["error"]!["code"]);
        Assert.Single(gateway.Operations.Received);
    }

    [Fact]
    public async Task A_message_of_the_default_limit_of_four_mebibytes_passes()
    {
        await using var gateway = await GatewayUnderTest.Start();

        await gateway.CallGrpc(GetWallet, new GetWalletRequest { WalletId = new string('w', (4 * 1024 * 1024) - 100) }, gateway.AdministratorKey);

        Assert.Single(gateway.Operations.Received);
    }

    [Fact]
    public async Task Nothing_of_a_request_is_read_before_its_key_is_known()
    {
        await using var gateway = await GatewayUnderTest.Start("--Cluster:Limits:MaxMessageBytes=10000");
        var large = new GetWalletRequest { WalletId = new string('w', 10_001) };

        var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, large, key: null));
        var (status, _, _) = await gateway.CallJson("Wallets/GetWallet", JsonFormatter.Default.Format(large), key: null);

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal(401, status);
    }

    [Fact]
    public async Task An_upload_may_be_larger_than_any_of_its_messages()
    {
        await using var gateway = await GatewayUnderTest.Start("--Cluster:Limits:MaxMessageBytes=100000");
        var upload = CampaignsReflection.Descriptor.Services[0].FindMethodByName("UploadRecipients");
        var headers = new Metadata();
        headers.Add("authorization", $"Bearer {gateway.AdministratorKey}");
        var rows = new UploadRecipientsRequest { Rows = new RecipientRows { Rows = { Enumerable.Range(1, 1_000).Select(line => new RecipientRow { Line = (ulong)line, Address = new string('a', 40), Amount = "1" }) } } };

        using var call = gateway.Channel.ClientStreaming<UploadRecipientsRequest, UploadReport>(upload, new Cluster.Grpc.Client.CallOptions { Headers = headers });
        for (var i = 0; i < 20; i++)
        {
            await call.WriteAsync(rows, TestContext.Current.CancellationToken);
        }

        await call.CompleteAsync();
        await call.ResponseAsync;

        Assert.Equal(20, gateway.Operations.Received.Count);
    }

    [Fact]
    public async Task Headers_beyond_the_limit_are_refused()
    {
        await using var gateway = await GatewayUnderTest.Start("--Cluster:Limits:MaxHeaderBytes=2048");

        var (status, _, _) = await gateway.CallJson("Wallets/GetWallet", "{}", gateway.AdministratorKey, ("x-much", new string('x', 3_000)));

        Assert.Equal(431, status);
        Assert.Empty(gateway.Operations.Received);
    }
}
