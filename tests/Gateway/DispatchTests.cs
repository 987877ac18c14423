using Cluster.Grpc;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Xunit;
using GrpcStatus = Cluster.Grpc.StatusCode;
using SiloStatus = Cluster.Silo.Hosting.StatusCode;

namespace Cluster.Tests.Gateway;

public sealed class DispatchTests
{
    private static readonly MethodDescriptor GetWallet = WalletsReflection.Descriptor.Services[0].FindMethodByName("GetWallet");

    [Fact]
    public async Task Every_operation_of_the_contracts_is_served_over_grpc_without_code_of_its_own()
    {
        await using var gateway = await GatewayUnderTest.Start();

        foreach (var method in gateway.Operations.Methods.Where(method => !AsksForSecondFactor(method)))
        {
            var reply = await gateway.CallGrpc(method, method.InputType.Parser.ParseFrom([]), gateway.AdministratorKey);
            Assert.Equal(method.OutputType, reply.Descriptor);
        }

        Assert.Equal(gateway.Operations.Methods.Where(method => !AsksForSecondFactor(method)), gateway.Operations.Received.Select(received => received.Method));
    }

    [Fact]
    public async Task Every_operation_but_an_upload_is_served_as_json()
    {
        await using var gateway = await GatewayUnderTest.Start();

        foreach (var method in gateway.Operations.Methods)
        {
            var (status, body, _) = await gateway.CallJson($"{method.Service.Name}/{method.Name}", "{}", gateway.AdministratorKey);
            if (AsksForSecondFactor(method))
            {
                Assert.Equal((401, "UNAUTHENTICATED"), (status, ErrorCode(body)));
                continue;
            }

            Assert.Equal(method.IsClientStreaming ? 501 : 200, status);
            if (method.IsServerStreaming)
            {
                Assert.StartsWith("""{"result":{""", (string?)body, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(method.IsClientStreaming ? "UNIMPLEMENTED" : null, ErrorCode(body));
            }
        }
    }

    private static bool AsksForSecondFactor(MethodDescriptor method) => method.GetOptions().GetExtension(OptionsExtensions.Call).SecondFactor;

    private static string? ErrorCode(System.Text.Json.Nodes.JsonNode? body) =>
        body is System.Text.Json.Nodes.JsonObject reply && reply["error"] is System.Text.Json.Nodes.JsonObject error ? (string?)error["code"] : null;

    [Fact]
    public async Task Internal_services_are_not_served()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var settle = WalletsReflection.Descriptor.Services.Single(service => service.Name == "WalletOperations").FindMethodByName("SettleTransfers");

        var error = await Assert.ThrowsAsync<RpcException>(
            () => gateway.CallGrpc(settle, new SettleTransfersRequest { WalletId = "w" }, gateway.AdministratorKey));
        var (status, body, _) = await gateway.CallJson("WalletOperations/SettleTransfers", "{}", gateway.AdministratorKey);

        Assert.Equal(GrpcStatus.Unimplemented, error.StatusCode);
        Assert.Equal(404, status);
        Assert.Equal("NOT_FOUND", (string?)body!["error"]!["code"]);
        Assert.Empty(gateway.Operations.Received);
    }

    [Fact]
    public async Task A_call_carries_caller_request_id_deadline_and_trace()
    {
        await using var gateway = await GatewayUnderTest.Start();
        const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        await gateway.CallGrpc(
            GetWallet,
            new GetWalletRequest { WalletId = "treasury" },
            gateway.AdministratorKey,
            ("x-request-id", "client-7"),
            ("traceparent", Trace));
        await gateway.CallJson(
            "cluster.v1.Wallets/GetWallet",
            """{"walletId":"treasury"}""",
            gateway.AdministratorKey,
            ("x-request-id", "client-8"),
            ("traceparent", Trace));

        foreach (var (received, requestId) in gateway.Operations.Received.Zip(["client-7", "client-8"]))
        {
            Assert.Equal(new GetWalletRequest { WalletId = "treasury" }, received.Request);
            Assert.Equal("administrator", received.Call.Caller.Name);
            Assert.Equal("127.0.0.1", received.Call.Caller.Address);
            Assert.Contains(received.Call.Caller.Id, gateway.AdministratorKey, StringComparison.Ordinal);
            Assert.Equal(requestId, received.Call.RequestId);
            Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", received.Call.Trace.TraceId.ToHexString());
            Assert.True(received.Call.Trace.IsRemote);
        }

        Assert.NotNull(gateway.Operations.Received[0].Call.Deadline);
    }

    [Fact]
    public async Task A_request_without_an_id_gets_one_and_a_useless_id_is_refused()
    {
        await using var gateway = await GatewayUnderTest.Start();

        await gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey);
        var error = await Assert.ThrowsAsync<RpcException>(
            () => gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey, ("x-request-id", "has a space")));
        var (status, _, response) = await gateway.CallJson("Wallets/GetWallet", "{}", gateway.AdministratorKey, ("x-request-id", new string('x', 129)));

        Assert.Matches("^[0-9a-f]{24}$", Assert.Single(gateway.Operations.Received).Call.RequestId);
        Assert.Equal(GrpcStatus.InvalidArgument, error.StatusCode);
        Assert.Equal(400, status);
        Assert.Matches("^[0-9a-f]{24}$", response.Headers.GetValues("x-request-id").Single());
    }

    [Fact]
    public async Task A_caller_who_gives_up_cancels_the_call()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var cancelled = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        gateway.Operations.Answer = async (method, _, call) =>
        {
            await using var registration = call.Cancellation.Register(cancelled.SetResult);
            begun.SetResult();
            await cancelled.Task;
            throw new ClusterException(SiloStatus.Cancelled, "given up");
        };
        using var patience = new CancellationTokenSource();
        var headers = new Metadata();
        headers.Add("authorization", $"Bearer {gateway.AdministratorKey}");
        var call = gateway.Channel.UnaryAsync<GetWalletRequest, Wallet>(
            GetWallet, new GetWalletRequest(), new Cluster.Grpc.Client.CallOptions { Headers = headers }, patience.Token);
        await begun.Task;

        await patience.CancelAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_watcher_is_told_to_come_back_when_the_gateway_stops()
    {
        var gateway = await GatewayUnderTest.Start();
        var begun = new TaskCompletionSource();
        gateway.Operations.Answers = (_, _, call) => Forever(begun, call.Cancellation);
        var watch = CampaignsReflection.Descriptor.Services[0].FindMethodByName("WatchCampaign");
        var watching = gateway.CallGrpc(watch, new WatchCampaignRequest { CampaignId = "c" }, gateway.AdministratorKey);
        await begun.Task;

        var stopping = gateway.StopAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => watching);
        Assert.Equal(GrpcStatus.Unavailable, error.StatusCode);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await gateway.DisposeAsync();
    }

    private static async IAsyncEnumerable<Google.Protobuf.IMessage> Forever(
        TaskCompletionSource begun,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new Campaign();
        begun.SetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
