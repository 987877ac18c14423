using Cluster.Grpc;
using Cluster.Grpc.Client;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Cluster.Tests.Grpc;

/// <summary>What the client makes of answers that no decent server gives.</summary>
public sealed class ClientProtocolErrorTests
{
    private static readonly byte[] OneReply = Frame(new EchoReply { Text = "reply" });

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    public async Task An_HTTP_status_without_a_gRPC_status_is_translated(int httpStatus, StatusCode expected)
    {
        var failure = await FailAsync(http =>
        {
            http.Response.StatusCode = httpStatus;
            return Task.CompletedTask;
        });

        Assert.Equal(expected, failure.StatusCode);
        Assert.Contains($"HTTP {httpStatus}", failure.Status.Message);
    }

    [Fact]
    public async Task A_gRPC_status_counts_more_than_the_HTTP_status()
    {
        var failure = await FailAsync(http =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.GrpcStatus = "9";
            http.Response.Headers.GrpcMessage = "closed%21";
            return Task.CompletedTask;
        });

        Assert.Equal(new Status(StatusCode.FailedPrecondition, "closed!"), failure.Status);
    }

    [Fact]
    public async Task Another_content_type_is_unknown_and_named()
    {
        var failure = await FailAsync(http => http.Response.WriteAsync("<html>"), contentType: "text/html");

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.Contains("text/html", failure.Status.Message);
    }

    [Fact]
    public async Task An_answer_without_a_status_is_unknown()
    {
        var failure = await FailAsync(http => WriteAsync(http, OneReply));

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("-1")]
    [InlineData("OK")]
    public async Task A_status_that_does_not_exist_is_unknown_and_quoted(string status)
    {
        var failure = await FailAsync(http => WriteAsync(http, OneReply, status));

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.Contains($"'{status}'", failure.Status.Message);
    }

    [Fact]
    public async Task No_response_and_two_responses_to_a_unary_call_are_unimplemented()
    {
        var none = await FailAsync(http => WriteAsync(http, [], "0"));
        var two = await FailAsync(http => WriteAsync(http, [.. OneReply, .. OneReply], "0"));

        Assert.Equal((StatusCode.Unimplemented, StatusCode.Unimplemented), (none.StatusCode, two.StatusCode));
    }

    [Fact]
    public async Task A_response_cut_short_is_internal()
    {
        var failure = await FailAsync(http => WriteAsync(http, OneReply[..^1], "0"));

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
    }

    [Fact]
    public async Task A_failure_after_a_response_cut_short_is_the_failure()
    {
        var failure = await FailAsync(http => WriteAsync(http, OneReply[..^1], "8"));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task A_response_that_is_no_protobuf_is_internal()
    {
        var failure = await FailAsync(http => WriteAsync(http, [0, 0, 0, 0, 2, 0x0a, 0xff], "0"));

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
    }

    [Fact]
    public async Task A_claimed_length_over_the_limit_is_refused_at_once()
    {
        var failure = await FailAsync(http => WriteAsync(http, [0, 0xff, 0xff, 0xff, 0xff], "0"));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task An_encoding_that_was_not_offered_is_internal()
    {
        var failure = await FailAsync(http =>
        {
            http.Response.Headers.GrpcEncoding = "snappy";
            return WriteAsync(http, OneReply, "0");
        });

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Contains("snappy", failure.Status.Message);
    }

    [Theory]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task A_reset_stream_is_translated(int resetCode, StatusCode expected)
    {
        var failure = await FailAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.FlushAsync();
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(resetCode);
        });

        Assert.Equal(expected, failure.StatusCode);
        Assert.Equal(resetCode == 7, failure.NeverProcessed);
    }

    [Fact]
    public async Task The_channel_lives_through_all_of_it()
    {
        var answers = new Queue<RequestDelegate>(
        [
            http => WriteAsync(http, OneReply[..^1], "0"),
            http => WriteAsync(http, [7], "0"),
            http => WriteAsync(http, OneReply, "0"),
        ]);
        await using var server = await ScriptedServer.StartAsync(http => answers.Dequeue()(http));
        using var channel = new GrpcChannel(server.Address);

        await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));
        Assert.Equal("reply", (await CallAsync(channel)).Text);
    }

    [Fact]
    public async Task A_stream_of_requests_is_never_sent_in_part_as_if_it_were_whole()
    {
        var received = new List<int>();
        await using var server = await ScriptedServer.StartAsync(async http =>
        {
            using var body = new MemoryStream();
            if (received.Count == 0)
            {
                // The first attempt is refused after its first message: HttpClient takes that for leave to send it again.
                received.Add(await http.Request.Body.ReadAsync(new byte[100]));
                http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(7);
                return;
            }

            await http.Request.Body.CopyToAsync(body);
            received.Add((int)body.Length);
            await WriteAsync(http, OneReply, "0");
        });
        using var channel = new GrpcChannel(server.Address);
        using var call = channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod);

        await call.WriteAsync(new EchoRequest { Text = "first" });
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal((StatusCode.Unavailable, true), (failure.StatusCode, failure.NeverProcessed));
        Assert.DoesNotContain(0, received);
    }

    private static async Task<RpcException> FailAsync(RequestDelegate answer, string contentType = "application/grpc")
    {
        await using var server = await ScriptedServer.StartAsync(http =>
        {
            http.Response.ContentType = contentType;
            return answer(http);
        });
        using var channel = new GrpcChannel(server.Address);
        return await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));
    }

    private static Task<EchoReply> CallAsync(GrpcChannel channel) =>
        channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new());

    private static async Task WriteAsync(HttpContext http, byte[] body, string? status = null)
    {
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(body);
        if (status is not null)
        {
            http.Response.AppendTrailer("grpc-status", status);
        }
    }

    private static byte[] Frame(IMessage message)
    {
        var payload = message.ToByteArray();
        return [0, 0, 0, 0, (byte)payload.Length, .. payload];
    }
}
