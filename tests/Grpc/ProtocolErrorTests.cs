using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Cluster.Grpc;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Grpc;

/// <summary>What the server answers to requests that no decent client sends. The connection must live through all of it.</summary>
public sealed class ProtocolErrorTests : IAsyncLifetime
{
    private const string UnaryPath = "/cluster.tests.grpc.Echo/Unary";

    private GrpcTestServer _server = null!;
    private RawGrpcClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GrpcTestServer.StartAsync();
        _client = new RawGrpcClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await AssertConnectionLivesAsync();
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    [InlineData("application/grpc+proto; v=1")]
    public async Task Protobuf_content_types_are_served(string contentType)
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest { Text = "ok" }), contentType);

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal("application/grpc", answer.ContentType);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task Other_content_types_are_unsupported_media(string? contentType)
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest()), contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.HttpStatus);
    }

    [Theory]
    [InlineData("application/grpc+json")]
    [InlineData("application/grpc+thrift")]
    public async Task Other_codecs_are_unimplemented(string contentType)
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest()), contentType);

        Assert.Equal((HttpStatusCode.OK, StatusCode.Unimplemented), (answer.HttpStatus, answer.Status));
        Assert.Contains(contentType, answer.Message);
    }

    [Theory]
    [InlineData("/cluster.tests.grpc.Echo/Missing", "service cluster.tests.grpc.Echo has no method 'Missing'")]
    [InlineData("/cluster.tests.grpc.Echo/unary", "service cluster.tests.grpc.Echo has no method 'unary'")]
    [InlineData("/no.such.Service/Unary", "no service 'no.such.Service' here (path '/no.such.Service/Unary')")]
    [InlineData("/", "no service '' here (path '/')")]
    public async Task Unknown_methods_are_unimplemented_and_named(string path, string message)
    {
        var answer = await _client.PostAsync(path, Frame(new EchoRequest()));

        Assert.Equal((HttpStatusCode.OK, StatusCode.Unimplemented, message), (answer.HttpStatus, answer.Status, answer.Message));
        Assert.True(answer.TrailersOnly);
    }

    [Fact]
    public async Task Only_POST_is_a_call()
    {
        var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Get, UnaryPath));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.HttpStatus);
    }

    [Fact]
    public async Task Only_HTTP_2_is_spoken()
    {
        using var http1 = new HttpClient { BaseAddress = _server.Http1Address };
        using var content = new ByteArrayContent(Frame(new EchoRequest()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        using var response = await http1.PostAsync(UnaryPath, content);

        Assert.Equal(HttpStatusCode.HttpVersionNotSupported, response.StatusCode);
    }

    [Fact]
    public async Task What_is_not_gRPC_goes_on_to_the_rest_of_the_host()
    {
        using var http1 = new HttpClient { BaseAddress = _server.Http1Address };

        Assert.Equal("plain HTTP", await http1.GetStringAsync(new Uri("/index", UriKind.Relative)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task A_message_cut_short_is_internal(int length)
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest { Text = "cut short" })[..length]);

        Assert.Equal((StatusCode.Internal, "the stream ended in the middle of a message"), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task A_message_that_arrives_byte_by_byte_is_understood()
    {
        var answer = await _client.PostAsync(UnaryPath, new DrippingContent(Frame(new EchoRequest { Text = "drop by drop" })), CancellationToken.None);

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal("drop by drop", EchoReply.Parser.ParseFrom(answer.Body.AsSpan(5)).Text);
    }

    [Fact]
    public async Task A_stream_cut_short_in_its_second_message_is_internal()
    {
        byte[] body = [.. Frame(new EchoRequest { Text = "whole" }), .. Frame(new EchoRequest { Text = "cut short" })[..7]];

        var answer = await _client.PostAsync("/cluster.tests.grpc.Echo/Collect", body);

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task No_message_where_one_is_due_is_unimplemented()
    {
        var answer = await _client.PostAsync(UnaryPath, []);

        Assert.Equal(StatusCode.Unimplemented, answer.Status);
    }

    [Fact]
    public async Task Two_messages_where_one_is_due_are_unimplemented()
    {
        var frame = Frame(new EchoRequest { Text = "twice" });

        var answer = await _client.PostAsync(UnaryPath, [.. frame, .. frame]);

        Assert.Equal(StatusCode.Unimplemented, answer.Status);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public async Task An_unknown_compressed_flag_is_internal(byte flag)
    {
        var frame = Frame(new EchoRequest());
        frame[0] = flag;

        var answer = await _client.PostAsync(UnaryPath, frame);

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task Bytes_that_are_no_protobuf_are_internal()
    {
        var answer = await _client.PostAsync(UnaryPath, Frame([0x0a, 0xff, 0xff, 0xff]));

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains("not valid protobuf", answer.Message);
    }

    [Theory]
    [InlineData((4 * 1024 * 1024) + 1u)]
    [InlineData(uint.MaxValue)]
    public async Task A_length_over_the_limit_is_refused_before_the_message_arrives(uint length)
    {
        var prefix = new byte[5];
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), length);

        var answer = await _client.PostAsync(UnaryPath, prefix);

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Contains($"{length}", answer.Message);
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_the_known_ones_are_told()
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest()), headers: ("grpc-encoding", "snappy"));

        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Equal("identity,gzip", answer.Headers["grpc-accept-encoding"]);
    }

    [Fact]
    public async Task A_compressed_message_without_an_encoding_is_internal()
    {
        var frame = Frame(Gzip(new EchoRequest().ToByteArray()), compressed: true);

        var answer = await _client.PostAsync(UnaryPath, frame);

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task Compressed_garbage_is_internal()
    {
        var answer = await _client.PostAsync(UnaryPath, Frame([1, 2, 3, 4, 5, 6, 7, 8], compressed: true), headers: ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains("gzip", answer.Message);
    }

    [Fact]
    public async Task A_gzip_stream_cut_short_is_internal()
    {
        var whole = Gzip(new EchoRequest { Text = string.Join(' ', Enumerable.Range(0, 1000)) }.ToByteArray());

        var answer = await _client.PostAsync(UnaryPath, Frame(whole[..(whole.Length / 2)], compressed: true), headers: ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused_at_the_limit()
    {
        var bomb = Gzip(new byte[64 * 1024 * 1024]);

        var answer = await _client.PostAsync(UnaryPath, Frame(bomb, compressed: true), headers: ("grpc-encoding", "gzip"));

        Assert.Equal((StatusCode.ResourceExhausted, "the message inflates to more than the limit of 4194304 bytes"), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task Plain_messages_are_fine_under_a_gzip_header()
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest { Text = "plain" }), headers: ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("5s")]
    [InlineData("5 S")]
    public async Task A_malformed_timeout_is_internal_and_quoted(string timeout)
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest()), headers: ("grpc-timeout", timeout));

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains($"'{timeout}'", answer.Message);
    }

    [Fact]
    public async Task Metadata_that_is_not_base64_is_internal_and_its_key_is_named()
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest()), headers: ("some-bin", "!!!"));

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains("some-bin", answer.Message);
    }

    [Theory]
    [InlineData("AAEC", "AAEC")]
    [InlineData("AA==", "AA")]
    [InlineData("AA", "AA")]
    [InlineData("AAE=,AAEC,AA", "AAE,AAEC,AA")]
    [InlineData("AA, AAE", "AA,AAE")]
    public async Task Binary_metadata_is_read_padded_unpadded_and_joined_and_written_unpadded(string sent, string echoed)
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest()), headers: ("echo-x-bin", sent));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(echoed, answer.Headers["echo-x-bin"].Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(echoed, answer.Trailers["echo-x-bin"].Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_that_breaks_off_with_a_reset_harms_no_other_call()
    {
        using var cut = new CancellationTokenSource();
        var broken = _client.PostAsync(UnaryPath, new EndlessContent(), cut.Token);
        await AssertConnectionLivesAsync();

        await cut.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => broken);
    }

    private static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    private static byte[] Frame(byte[] payload, bool compressed = false)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }

    private async Task AssertConnectionLivesAsync()
    {
        var answer = await _client.PostAsync(UnaryPath, Frame(new EchoRequest { Text = "still here" }));
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(1, _client.Connections);
    }

    /// <summary>Sends each byte in a frame of its own.</summary>
    private sealed class DrippingContent(byte[] body) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var next in body)
            {
                await stream.WriteAsync(new[] { next });
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Sends the beginning of a message and then nothing more.</summary>
    private sealed class EndlessContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[] { 0, 0, 0, 1, 0, 42 }, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
