using Cluster.Grpc;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class CallShapeTests : IAsyncLifetime
{
    private GrpcTestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GrpcTestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_unary_call_brings_the_response_back()
    {
        using var channel = _server.Connect();

        var reply = await channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "hello", Payload = ByteString.CopyFrom(1, 2, 3) });

        Assert.Equal(new EchoReply { Text = "hello", Payload = ByteString.CopyFrom(1, 2, 3), Count = 1 }, reply);
    }

    [Fact]
    public async Task A_call_can_be_made_without_knowing_its_types()
    {
        using var channel = _server.Connect();
        IMessage request = new EchoRequest { Text = "by descriptor" };

        var reply = await channel.UnaryAsync<IMessage, IMessage>(EchoService.UnaryMethod, request);

        Assert.Equal("by descriptor", Assert.IsType<EchoReply>(reply).Text);
    }

    [Fact]
    public async Task Many_unary_calls_share_a_connection_at_once()
    {
        using var channel = _server.Connect();

        var replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = $"{i}" })));

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), replies.Select(reply => reply.Text));
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        using var channel = _server.Connect();

        var reply = await channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new());

        Assert.Equal(new EchoReply { Count = 1 }, reply);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task A_client_stream_of_any_length_gets_one_answer(int requests)
    {
        using var channel = _server.Connect();
        using var call = channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod);

        for (var i = 0; i < requests; i++)
        {
            await call.WriteAsync(new EchoRequest { Text = "row" });
        }

        await call.CompleteAsync();

        Assert.Equal(requests, (await call.ResponseAsync).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task A_server_stream_of_any_length_arrives_in_order(int responses)
    {
        using var channel = _server.Connect();
        using var call = channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Repeat = responses, Text = "line" });

        var received = new List<long>();
        await foreach (var reply in call)
        {
            received.Add(reply.Count);
        }

        Assert.Equal(Enumerable.Range(1, responses).Select(i => (long)i), received);
    }

    [Fact]
    public async Task Both_sides_of_a_duplex_call_talk_in_turn()
    {
        using var channel = _server.Connect();
        using var call = channel.DuplexStreaming<EchoRequest, EchoReply>(EchoService.ChatMethod);
        await using var responses = call.Responses.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        for (var i = 1; i <= 100; i++)
        {
            await call.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await responses.MoveNextAsync());
            Assert.Equal(($"{i}", i), (responses.Current.Text, responses.Current.Count));
        }

        await call.CompleteAsync();
        Assert.False(await responses.MoveNextAsync());
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_a_stream_comes_after_what_was_sent_before_it()
    {
        using var channel = _server.Connect();
        using var call = channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new() { Repeat = 3, FailWith = (int)StatusCode.Aborted, FailMessage = "enough" });

        var received = 0;
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var reply in call)
            {
                received++;
            }
        });

        Assert.Equal(3, received);
        Assert.Equal(new Status(StatusCode.Aborted, "enough"), failure.Status);
    }

    [Fact]
    public async Task A_writer_learns_why_the_server_ended_the_call_early()
    {
        using var channel = _server.Connect();
        using var call = channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await call.WriteAsync(new EchoRequest { FailWith = (int)StatusCode.OutOfRange, FailMessage = "row 1" });
            while (true)
            {
                await call.WriteAsync(new EchoRequest { Text = "more" });
            }
        });

        Assert.Equal(new Status(StatusCode.OutOfRange, "row 1"), failure.Status);
    }
}
