using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Grpc.Server;
using Cluster.Tests.Support;
using Google.Protobuf.Reflection;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class DeadlineTests : IAsyncDisposable
{
    private static readonly MethodDescriptor Unmapped = EchoService.Service.FindMethodByName("Missing");

    private readonly FakeTimeProvider _serverClock = new();
    private GrpcTestServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_server_ends_a_call_whose_deadline_passes_and_cancels_its_handler()
    {
        var channel = await StartAsync();
        var call = channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "slow", Wait = true }, In(TimeSpan.FromMinutes(1)));
        await _server!.Echo.Started.ReadAsync(TestContext.Current.CancellationToken);

        _serverClock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(call.IsCompleted);
        _serverClock.Advance(TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(new Status(StatusCode.DeadlineExceeded, "the deadline of the call has passed"), failure.Status);
        Assert.Equal("slow", await _server.Echo.Cancelled.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_client_hears_of_the_deadline_even_if_the_handler_does_not_heed_it()
    {
        var release = new TaskCompletionSource();
        var channel = await StartAsync(methods => methods.MapUnary<EchoRequest, EchoReply>(Unmapped, async (_, _) =>
        {
            await release.Task;
            return new EchoReply();
        }));
        var call = channel.UnaryAsync<EchoRequest, EchoReply>(Unmapped, new(), In(TimeSpan.FromMinutes(1)));
        await _serverClock.TimersArmedAsync(1, TestContext.Current.CancellationToken);

        _serverClock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        release.SetResult();
    }

    [Fact]
    public async Task A_stream_that_has_begun_ends_with_the_deadline()
    {
        var channel = await StartAsync();
        using var call = channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Repeat = 2, Wait = true }, In(TimeSpan.FromMinutes(1)));
        await using var replies = call.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await replies.MoveNextAsync());
        Assert.True(await replies.MoveNextAsync());
        await _server!.Echo.Started.ReadAsync(TestContext.Current.CancellationToken);

        _serverClock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(async () => await replies.MoveNextAsync())).StatusCode);
    }

    [Fact]
    public async Task The_handler_can_read_the_deadline()
    {
        DateTimeOffset? seen = null;
        var channel = await StartAsync(methods => methods.MapUnary<EchoRequest, EchoReply>(Unmapped, (_, context) =>
        {
            seen = context.Deadline;
            return new(new EchoReply());
        }));

        await channel.UnaryAsync<EchoRequest, EchoReply>(Unmapped, new(), In(TimeSpan.FromSeconds(90)));
        Assert.Equal(_serverClock.GetUtcNow() + TimeSpan.FromSeconds(90), seen);

        await channel.UnaryAsync<EchoRequest, EchoReply>(Unmapped, new());
        Assert.Null(seen);
    }

    [Fact]
    public async Task A_call_that_ends_in_time_leaves_no_timer_behind()
    {
        var channel = await StartAsync();

        await channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new(), In(TimeSpan.FromHours(1)));
        await channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new(), In(TimeSpan.MaxValue));

        // The reply is out a moment before the call is put away.
        channel.Dispose();
        await _server!.StopAsync();
        Assert.Equal(0, _serverClock.ArmedTimers);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_already_never_reaches_the_handler()
    {
        await StartAsync();
        using var raw = new RawGrpcClient(_server!.Address);

        var answer = await raw.PostAsync("/cluster.tests.grpc.Echo/Unary", [0, 0, 0, 0, 0], headers: ("grpc-timeout", "0S"));

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
    }

    [Fact]
    public async Task The_client_ends_the_call_by_its_own_clock_and_the_server_hears_of_it()
    {
        var clientClock = new FakeTimeProvider();
        await StartAsync();
        using var channel = _server!.Connect(new GrpcChannelOptions { Clock = clientClock });
        var call = channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "late", Wait = true }, In(TimeSpan.FromSeconds(10)));
        await _server.Echo.Started.ReadAsync(TestContext.Current.CancellationToken);

        clientClock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        Assert.Equal("late", await _server.Echo.Cancelled.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_without_time_is_not_even_sent()
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{LoopbackPort.Reserve()}"));

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new(), In(TimeSpan.Zero)));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    private static CallOptions In(TimeSpan timeout) => new() { Timeout = timeout };

    private async Task<GrpcChannel> StartAsync(Action<GrpcMethods>? map = null)
    {
        _server = await GrpcTestServer.StartAsync(clock: _serverClock, map: map);
        return _server.Connect();
    }
}
