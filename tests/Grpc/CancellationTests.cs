using Cluster.Grpc;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class CancellationTests : IAsyncLifetime
{
    private GrpcTestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GrpcTestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_callers_token_cancels_the_handler()
    {
        using var channel = _server.Connect();
        using var caller = new CancellationTokenSource();
        var call = channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "given up", Wait = true }, cancellationToken: caller.Token);
        await _server.Echo.Started.ReadAsync(TestContext.Current.CancellationToken);

        await caller.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(caller.Token, cancelled.CancellationToken);
        Assert.Equal("given up", await _server.Echo.Cancelled.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Leaving_a_stream_early_cancels_the_handler()
    {
        using var channel = _server.Connect();

        await foreach (var reply in channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Text = "left", Repeat = 1, Wait = true }))
        {
            break;
        }

        Assert.Equal("left", await _server.Echo.Cancelled.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Disposing_a_call_ends_its_request_stream_on_the_server()
    {
        var received = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = await GrpcTestServer.StartAsync(collect: async (requests, _) =>
        {
            try
            {
                await foreach (var request in requests)
                {
                    received.SetResult();
                }

                ended.SetResult(null);
            }
            catch (Exception exception)
            {
                ended.SetResult(exception);
                throw;
            }

            return new EchoReply();
        });
        using var channel = server.Connect();

        using (var call = channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod))
        {
            await call.WriteAsync(new EchoRequest { Text = "first" });
            await received.Task;
        }

        // Half an upload must never look like a whole one.
        Assert.NotNull(await ended.Task);
    }

    [Fact]
    public async Task A_host_that_stops_ends_its_streams_as_unavailable_and_lets_unary_calls_finish()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await GrpcTestServer.StartAsync(map: methods => methods.MapUnary<EchoRequest, EchoReply>(
            EchoService.Service.FindMethodByName("Missing"),
            async (request, _) =>
            {
                entered.SetResult();
                await release.Task;
                return new EchoReply { Text = request.Text };
            }));
        using var channel = server.Connect();
        using var stream = channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Repeat = 1, Wait = true });
        await using var replies = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await replies.MoveNextAsync());
        var unary = channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.Service.FindMethodByName("Missing"), new() { Text = "finished" });
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        var stopped = server.StopAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await replies.MoveNextAsync());
        Assert.Equal(new Status(StatusCode.Unavailable, "the server is shutting down"), failure.Status);
        release.SetResult();
        Assert.Equal("finished", (await unary).Text);
        await stopped;
    }

    [Fact]
    public async Task Closing_the_channel_ends_its_calls()
    {
        var channel = _server.Connect();
        var call = channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "closed", Wait = true });
        await _server.Echo.Started.ReadAsync(TestContext.Current.CancellationToken);

        channel.Dispose();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        Assert.Equal("closed", await _server.Echo.Cancelled.ReadAsync(TestContext.Current.CancellationToken));
    }
}
