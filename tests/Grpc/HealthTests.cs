using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Grpc.Health.V1;
using Google.Protobuf.Reflection;
using Xunit;
using static Cluster.Grpc.Health.V1.HealthCheckResponse.Types;

namespace Cluster.Tests.Grpc;

public sealed class HealthTests : IAsyncLifetime
{
    private static readonly ServiceDescriptor Service = HealthReflection.Descriptor.Services[0];

    private GrpcTestServer _server = null!;
    private GrpcChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GrpcTestServer.StartAsync();
        _channel = _server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_serves_before_the_host_says_so()
    {
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(""));

        _server.Health.Set("", serving: true);

        Assert.Equal(ServingStatus.Serving, await CheckAsync(""));
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => CheckAsync("some.Service"));

        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        Assert.Contains("some.Service", failure.Status.Message);
    }

    [Fact]
    public async Task A_watcher_sees_the_state_and_each_change_of_its_service_alone()
    {
        using var call = _channel.ServerStreaming<HealthCheckRequest, HealthCheckResponse>(Service.FindMethodByName("Watch"), new() { Service = "some.Service" });
        await using var changes = call.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync());
        _server.Health.Set("some.Service", serving: true);
        Assert.Equal(ServingStatus.Serving, await NextAsync());
        _server.Health.Set("some.Service", serving: true);
        _server.Health.Set("other.Service", serving: true);
        _server.Health.Set("some.Service", serving: false);
        Assert.Equal(ServingStatus.NotServing, await NextAsync());

        async Task<ServingStatus> NextAsync()
        {
            Assert.True(await changes.MoveNextAsync());
            return changes.Current.Status;
        }
    }

    private async Task<ServingStatus> CheckAsync(string service) =>
        (await _channel.UnaryAsync<HealthCheckRequest, HealthCheckResponse>(Service.FindMethodByName("Check"), new() { Service = service })).Status;
}
