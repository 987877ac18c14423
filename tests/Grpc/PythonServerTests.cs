using Cluster.Grpc;
using Cluster.Grpc.Client;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Grpc;

/// <summary>Our client against a server that is not ours.</summary>
public sealed class PythonServerTests : IAsyncLifetime
{
    private PythonServer _server = null!;
    private GrpcChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PythonServer.StartAsync();
        _channel = new GrpcChannel(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task All_four_call_shapes_are_understood()
    {
        var one = await _channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "one", Payload = ByteString.CopyFrom(0, 255) });
        Assert.Equal(new EchoReply { Text = "one", Payload = ByteString.CopyFrom(0, 255), Count = 1 }, one);

        using var collect = _channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod);
        for (var i = 0; i < 500; i++)
        {
            await collect.WriteAsync(new EchoRequest { Text = $"{i}" });
        }

        await collect.CompleteAsync();
        Assert.Equal(new EchoReply { Text = "499", Count = 500 }, await collect.ResponseAsync);

        var counts = new List<long>();
        await foreach (var reply in _channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Repeat = 500 }))
        {
            counts.Add(reply.Count);
        }

        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), counts);

        using var chat = _channel.DuplexStreaming<EchoRequest, EchoReply>(EchoService.ChatMethod);
        await using var replies = chat.Responses.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var i = 0; i < 50; i++)
        {
            await chat.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await replies.MoveNextAsync());
            Assert.Equal($"{i}", replies.Current.Text);
        }

        await chat.CompleteAsync();
        Assert.False(await replies.MoveNextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_travel_compressed_and_plain(bool compress)
    {
        var text = string.Concat(Enumerable.Repeat("compress me ", 10_000));

        var reply = await _channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = text }, new CallOptions { Compress = compress });

        Assert.Equal(text, reply.Text);
    }

    [Fact]
    public async Task Metadata_travels_both_ways()
    {
        var sent = new Metadata();
        sent.Add("echo-text", "some text");
        sent.Add("echo-bytes-bin", [0, 1, 254, 255]);

        var reply = await _channel.UnaryWithMetadataAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new(), new CallOptions { Headers = sent });

        foreach (var received in new[] { reply.Headers, reply.Trailers })
        {
            Assert.Equal("some text", received.GetText("echo-text"));
            Assert.Equal("0001FEFF", Convert.ToHexString(received.GetBytes("echo-bytes-bin")!.Value.Span));
        }
    }

    [Fact]
    public async Task Errors_keep_their_code_and_every_character_of_their_message()
    {
        const string Message = "отказано: 100% ∑ 😀\nZeile zwei";

        var failure = await Assert.ThrowsAsync<RpcException>(() => _channel.UnaryAsync<EchoRequest, EchoReply>(
            EchoService.UnaryMethod, new() { FailWith = (int)StatusCode.FailedPrecondition, FailMessage = Message }));

        Assert.Equal(new Status(StatusCode.FailedPrecondition, Message), failure.Status);
        Assert.False(failure.NeverProcessed);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => _channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.Service.FindMethodByName("Missing"), new()));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => _channel.UnaryAsync<EchoRequest, EchoReply>(
            EchoService.UnaryMethod, new() { Text = "late", Wait = true }, new CallOptions { Timeout = TimeSpan.FromSeconds(1) }));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.Equal("waiting late", await _server.NextEventAsync());
        Assert.Equal("cancelled late", await _server.NextEventAsync());
    }

    [Fact]
    public async Task Leaving_a_stream_early_cancels_it_on_the_server()
    {
        await foreach (var reply in _channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Repeat = 1, Text = "left", Wait = true }))
        {
            Assert.Equal("waiting left", await _server.NextEventAsync());
            break;
        }

        Assert.Equal("cancelled left", await _server.NextEventAsync());
    }

    [Fact]
    public async Task The_callers_token_ends_the_call_as_a_cancellation()
    {
        using var caller = new CancellationTokenSource();
        using var call = _channel.DuplexStreaming<EchoRequest, EchoReply>(EchoService.ChatMethod, cancellationToken: caller.Token);
        await using var replies = call.Responses.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await call.WriteAsync(new EchoRequest { Text = "turn" });
        Assert.True(await replies.MoveNextAsync());

        await call.WriteAsync(new EchoRequest { Text = "up", Wait = true });
        var next = replies.MoveNextAsync();
        Assert.Equal("waiting up", await _server.NextEventAsync());
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal("cancelled up", await _server.NextEventAsync());
    }

    [Fact]
    public async Task A_response_over_the_limit_is_refused_and_the_channel_lives_on()
    {
        var large = new EchoRequest { Payload = ByteString.CopyFrom(new byte[(4 * 1024 * 1024) + 1]) };

        var failure = await Assert.ThrowsAsync<RpcException>(() => _channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, large));
        var after = await _channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "still here" });

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal("still here", after.Text);
    }

    [Fact]
    public async Task A_server_that_dies_in_the_middle_is_unavailable_and_may_have_worked_on_the_call()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var reply in _channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Repeat = 1, Wait = true }))
            {
                await _server.KillAsync();
            }
        });

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.False(failure.NeverProcessed);

        var again = await Assert.ThrowsAsync<RpcException>(() => _channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new()));
        Assert.Equal(StatusCode.Unavailable, again.StatusCode);
        Assert.True(again.NeverProcessed);
    }
}
