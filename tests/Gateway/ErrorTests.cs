using Cluster.Gateway.Http;
using Cluster.Grpc;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Xunit;
using SiloStatus = Cluster.Silo.Hosting.StatusCode;

namespace Cluster.Tests.Gateway;

public sealed class ErrorTests
{
    private static readonly MethodDescriptor GetWallet = WalletsReflection.Descriptor.Services[0].FindMethodByName("GetWallet");

    [Fact]
    public async Task Every_status_reaches_both_kinds_of_callers_with_its_message()
    {
        await using var gateway = await GatewayUnderTest.Start();
        foreach (var status in Enum.GetValues<SiloStatus>().Where(status => status != SiloStatus.Ok))
        {
            var message = $"wallet 'wé' cannot: {status}";
            gateway.Operations.Answer = (_, _, _) => throw new ClusterException(status, message);

            var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey));
            var (http, body, response) = await gateway.CallJson("Wallets/GetWallet", "{}", gateway.AdministratorKey);

            Assert.Equal((int)status, (int)error.StatusCode);
            Assert.Equal(message, error.Status.Message);
            Assert.NotEmpty(error.Trailers.GetText("x-request-id")!);
            Assert.Equal(HttpStatus.Of(status), http);
            Assert.Equal(HttpStatus.NameOf(status), (string?)body!["error"]!["code"]);
            Assert.Equal(message, (string?)body["error"]!["message"]);
            Assert.Equal(response.Headers.GetValues("x-request-id").Single(), (string?)body["error"]!["request_id"]);
        }
    }

    [Fact]
    public async Task What_was_not_written_for_callers_stays_in_the_log()
    {
        await using var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answer = static (_, _, _) => throw new InvalidOperationException("password=hunter2");

        var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey, ("x-request-id", "find-me-1")));
        var (http, body, _) = await gateway.CallJson("Wallets/GetWallet", "{}", gateway.AdministratorKey, ("x-request-id", "find-me-2"));

        Assert.Equal(Cluster.Grpc.StatusCode.Internal, error.StatusCode);
        Assert.Equal("internal error; the details are in the log under request id find-me-1", error.Status.Message);
        Assert.Equal(500, http);
        Assert.DoesNotContain("hunter2", body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("request id find-me-1", gateway.Log.Text, StringComparison.Ordinal);
        Assert.Contains("request id find-me-2", gateway.Log.Text, StringComparison.Ordinal);
        Assert.Contains("hunter2", gateway.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_too_long_for_a_header_is_cut()
    {
        await using var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answer = static (_, _, _) => throw new ClusterException(SiloStatus.InvalidArgument, new string('x', 100_000));

        var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey));

        Assert.Equal(Cluster.Grpc.StatusCode.InvalidArgument, error.StatusCode);
        Assert.EndsWith("x…", error.Status.Message, StringComparison.Ordinal);
    }
}
