using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Tests.Support;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class ErrorTests
{
    [Fact]
    public async Task A_crash_says_nothing_to_the_client_and_everything_to_the_log()
    {
        await using var server = await GrpcTestServer.StartAsync();

        var failure = await CallAsync(server, new EchoRequest { Crash = true });

        Assert.Equal(new Status(StatusCode.Internal, "internal error"), failure.Status);
        var entry = Assert.Single(server.Log.Entries, entry => entry.Level == LogLevel.Error);
        Assert.Equal(1, entry.EventId);
        Assert.Equal("the secret reason", entry.Exception?.Message);
    }

    [Fact]
    public async Task The_host_gives_its_own_exceptions_a_status()
    {
        await using var server = await GrpcTestServer.StartAsync(options => options.MapException = (exception, context) =>
        {
            context.ResponseTrailers.Add("request-id", "42");
            return exception is InvalidOperationException ? new Status(StatusCode.FailedPrecondition, $"{context.Method.Name}: not now") : null;
        });

        var failure = await CallAsync(server, new EchoRequest { Crash = true });

        Assert.Equal(new Status(StatusCode.FailedPrecondition, "Unary: not now"), failure.Status);
        Assert.Equal("42", failure.Trailers.GetText("request-id"));
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_mapping_that_fails_costs_no_more_than_its_status()
    {
        await using var server = await GrpcTestServer.StartAsync(options => options.MapException = (_, _) => throw new FormatException("broken mapping"));

        var failure = await CallAsync(server, new EchoRequest { Crash = true });

        Assert.Equal(new Status(StatusCode.Internal, "internal error"), failure.Status);
        Assert.Equal([7, 1], server.Log.Entries.Where(entry => entry.Level == LogLevel.Error).Select(entry => entry.EventId));
    }

    [Theory]
    [MemberData(nameof(FailureCodes))]
    public async Task Every_code_arrives_as_it_was_sent(StatusCode code)
    {
        await using var server = await GrpcTestServer.StartAsync();

        var failure = await CallAsync(server, new EchoRequest { FailWith = (int)code, FailMessage = $"code {code}" });

        Assert.Equal(new Status(code, $"code {code}"), failure.Status);
        Assert.False(failure.NeverProcessed);
    }

    public static TheoryData<StatusCode> FailureCodes => [.. Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK)];

    [Fact]
    public async Task A_handler_that_answers_nothing_is_an_internal_error_and_named_in_the_log()
    {
        var method = EchoService.Service.FindMethodByName("Missing");
        await using var server = await GrpcTestServer.StartAsync(map: methods => methods.MapUnary(method, (_, _) => default));
        using var channel = server.Connect();

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<EchoRequest, EchoReply>(method, new()));

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Contains(server.Log.Entries, entry => entry.Exception?.Message == "the handler of cluster.tests.grpc.Echo.Missing answered null");
    }

    [Fact]
    public async Task A_response_over_the_servers_limit_is_a_status_and_not_a_broken_stream()
    {
        await using var server = await GrpcTestServer.StartAsync(options => options.MaxSendMessageSize = 1000);

        var failure = await CallAsync(server, new EchoRequest { Payload = ByteString.CopyFrom(new byte[1001]) });

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task A_request_over_the_clients_limit_is_never_sent()
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var channel = server.Connect(new GrpcChannelOptions { MaxSendMessageSize = 1000 });

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<EchoRequest, EchoReply>(
            EchoService.UnaryMethod, new() { Payload = ByteString.CopyFrom(new byte[1001]) }));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Empty(server.Log.Entries);
    }

    [Fact]
    public async Task Where_nobody_listens_the_call_is_unavailable_and_was_never_processed()
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{LoopbackPort.Reserve()}"));

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains(channel.Address.ToString(), failure.Status.Message);
        Assert.True(failure.NeverProcessed);
    }

    [Fact]
    public async Task A_writer_hears_too_that_nobody_listens()
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{LoopbackPort.Reserve()}"));
        using var call = channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod);

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.WriteAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task A_server_that_speaks_plain_HTTP_gets_a_status_all_the_same()
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var channel = new GrpcChannel(server.Http1Address);

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new()));

        Assert.Contains(failure.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
    }

    [Theory]
    [InlineData("http://192.0.2.1:5000")]
    [InlineData("ftp://127.0.0.1:5000")]
    [InlineData("http://127.0.0.1:5000/path")]
    public void An_address_that_is_wrong_or_unsafe_is_refused_at_once(string address) =>
        Assert.Throws<ArgumentException>(() => new GrpcChannel(new Uri(address)));

    private static async Task<RpcException> CallAsync(GrpcTestServer server, EchoRequest request)
    {
        using var channel = server.Connect();
        return await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, request));
    }
}
