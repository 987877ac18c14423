using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Grpc.Server;
using Google.Protobuf.Reflection;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class ServerCallContextTests
{
    private static readonly MethodDescriptor Method = EchoService.Service.FindMethodByName("Missing");

    [Fact]
    public async Task A_handler_sees_who_calls_what_with_which_metadata()
    {
        var headers = new Metadata();
        headers.Add("Authorization", "Bearer key");
        headers.Add("trace-bin", [1, 2, 3]);

        await CallAsync(headers, context =>
        {
            Assert.Same(Method, context.Method);
            Assert.Matches(@"^ipv4:127\.0\.0\.1:\d+$", context.Peer);
            Assert.Equal("Bearer key", context.GetRequestHeader("authorization"));
            Assert.Null(context.GetRequestHeader("x-absent"));
            Assert.Equal("Bearer key", context.RequestHeaders.GetText("authorization"));
            Assert.Equal([1, 2, 3], context.RequestHeaders.GetBytes("trace-bin")!.Value.ToArray());
            Assert.StartsWith("grpc-dotnet-cluster/", context.RequestHeaders.GetText("user-agent"));
        });
    }

    [Fact]
    public async Task The_protocols_own_headers_are_not_metadata() =>
        await CallAsync(null, context => Assert.DoesNotContain(context.RequestHeaders, entry => entry.Key is "te" or "content-type" or "host" or "grpc-accept-encoding" or "grpc-timeout"));

    [Fact]
    public async Task A_context_kept_after_the_call_shows_no_other_calls_data()
    {
        ServerCallContext? kept = null;
        await using var server = await GrpcTestServer.StartAsync(map: methods => methods.MapUnary<EchoRequest, EchoReply>(Method, (_, context) =>
        {
            kept = context;
            return new(new EchoReply());
        }));
        using (var channel = server.Connect())
        {
            await channel.UnaryAsync<EchoRequest, EchoReply>(Method, new());
        }

        await server.StopAsync();

        Assert.Throws<InvalidOperationException>(() => kept!.RequestHeaders);
        Assert.Throws<InvalidOperationException>(() => kept!.HttpContext);
        Assert.True(kept!.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Headers_can_be_sent_before_the_first_response()
    {
        var release = new TaskCompletionSource();
        await using var server = await GrpcTestServer.StartAsync(expand: async (_, responses, context) =>
        {
            context.ResponseHeaders.Add("early", "yes");
            await context.WriteResponseHeadersAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync());
            await release.Task;
        });
        using var channel = server.Connect();
        using var call = channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new());

        Assert.Equal("yes", (await call.ResponseHeadersAsync).GetText("early"));

        release.SetResult();
        await foreach (var reply in call)
        {
        }
    }

    [Fact]
    public async Task Headers_and_trailers_of_a_failure_arrive_each_in_their_place()
    {
        await using var server = await GrpcTestServer.StartAsync(expand: (_, _, context) =>
        {
            context.ResponseHeaders.Add("header", "h");
            context.ResponseTrailers.Add("trailer", "t");
            var thrown = new Metadata();
            thrown.Add("thrown-bin", [9]);
            throw new RpcException(StatusCode.Aborted, "no", thrown);
        });
        using var channel = server.Connect();
        using var call = channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new());

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var reply in call)
            {
            }
        });

        Assert.Equal("h", (await call.ResponseHeadersAsync).GetText("header"));
        Assert.Equal("t", failure.Trailers.GetText("trailer"));
        Assert.Equal([9], failure.Trailers.GetBytes("thrown-bin")!.Value.ToArray());
    }

    private static async Task CallAsync(Metadata? headers, Action<ServerCallContext> look)
    {
        await using var server = await GrpcTestServer.StartAsync(map: methods => methods.MapUnary<EchoRequest, EchoReply>(Method, (_, context) =>
        {
            look(context);
            return new(new EchoReply());
        }));
        using var channel = server.Connect();
        await channel.UnaryAsync<EchoRequest, EchoReply>(Method, new(), new CallOptions { Headers = headers });
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Exception is not null);
    }
}
