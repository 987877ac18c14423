using System.IO.Compression;
using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Grpc.Server;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class CompressionTests
{
    private const string UnaryPath = "/cluster.tests.grpc.Echo/Unary";

    private static readonly byte[] SmallFrame = Frame(new EchoRequest { Text = "short" });
    private static readonly byte[] LargeFrame = Frame(new EchoRequest { Text = new string('x', 5000) });

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity,gzip")]
    [InlineData("deflate, gzip , snappy")]
    public async Task Responses_are_compressed_for_clients_that_accept_it(string accepted)
    {
        await using var server = await GrpcTestServer.StartAsync(Compressed);
        using var client = new RawGrpcClient(server.Address);

        var answer = await client.PostAsync(UnaryPath, LargeFrame, headers: ("grpc-accept-encoding", accepted));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal("gzip", answer.Headers["grpc-encoding"]);
        Assert.Equal(1, answer.Body[0]);
        Assert.True(answer.Body.Length < 200);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzipped")]
    [InlineData("")]
    public async Task Responses_are_plain_for_clients_that_do_not(string accepted)
    {
        await using var server = await GrpcTestServer.StartAsync(Compressed);
        using var client = new RawGrpcClient(server.Address);

        var answer = await client.PostAsync(UnaryPath, LargeFrame, headers: ("grpc-accept-encoding", accepted));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.False(answer.Headers.ContainsKey("grpc-encoding"));
        Assert.Equal(0, answer.Body[0]);
    }

    [Fact]
    public async Task Responses_too_small_to_gain_are_plain()
    {
        await using var server = await GrpcTestServer.StartAsync(Compressed);
        using var client = new RawGrpcClient(server.Address);

        var answer = await client.PostAsync(UnaryPath, SmallFrame, headers: ("grpc-accept-encoding", "gzip"));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(0, answer.Body[0]);
    }

    [Fact]
    public async Task Compressed_streams_go_both_ways()
    {
        await using var server = await GrpcTestServer.StartAsync(Compressed);
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming<EchoRequest, EchoReply>(EchoService.ChatMethod, new CallOptions { Compress = true });
        await using var replies = call.Responses.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        for (var i = 0; i < 20; i++)
        {
            var text = new string((char)('a' + i), i * 500);
            await call.WriteAsync(new EchoRequest { Text = text });
            Assert.True(await replies.MoveNextAsync());
            Assert.Equal(text, replies.Current.Text);
        }
    }

    [Fact]
    public async Task The_client_refuses_a_response_that_inflates_over_its_limit()
    {
        await using var server = await GrpcTestServer.StartAsync(Compressed);
        using var channel = server.Connect(new GrpcChannelOptions { MaxReceiveMessageSize = 4000 });

        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = new string('x', 5000) }));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    private static void Compressed(GrpcServerOptions options) => options.ResponseCompression = CompressionLevel.Fastest;

    private static byte[] Frame(EchoRequest message)
    {
        var payload = message.ToByteArray();
        return [0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
    }
}
