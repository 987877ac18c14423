using System.Buffers;
using Cluster.Grpc;
using Cluster.Grpc.Wire;
using Cluster.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Grpc.Wire;

public sealed class MessageFrameTests
{
    private const int Limit = 1000;

    [Fact]
    public void Frames_are_read_whatever_the_network_cuts_them_into() =>
        Prop.ForAll<byte[][], int>((payloads, seed) =>
        {
            var stream = new ArrayBufferWriter<byte>();
            foreach (var payload in payloads)
            {
                MessageEncoder.Write(stream, new EchoRequest { Payload = ByteString.CopyFrom(payload) }, int.MaxValue);
            }

            var buffer = new Mutator(seed).Split(stream.WrittenSpan.ToArray());
            var decoder = new MessageDecoder(EchoRequest.Parser, MessageEncoding.Identity, int.MaxValue);
            foreach (var payload in payloads)
            {
                Assert.True(decoder.TryRead(ref buffer, out var message));
                Assert.Equal(payload, ((EchoRequest)message).Payload.ToByteArray());
            }

            Assert.True(buffer.IsEmpty);
            Assert.False(decoder.TryRead(ref buffer, out _));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void A_frame_that_lacks_any_number_of_bytes_is_left_alone()
    {
        var stream = new ArrayBufferWriter<byte>();
        MessageEncoder.Write(stream, new EchoRequest { Text = "a frame of some length" }, Limit);
        for (var length = 0; length < stream.WrittenCount; length++)
        {
            var buffer = new ReadOnlySequence<byte>(stream.WrittenMemory[..length]);

            Assert.False(MessageFrame.TryRead(ref buffer, Limit, out _, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [InlineData(Limit, false)]
    [InlineData(Limit + 1, true)]
    public void The_limit_is_the_largest_message_that_passes(int size, bool refused)
    {
        var bytes = new byte[MessageFrame.PrefixSize + size];
        MessageFrame.WritePrefix(bytes, compressed: false, size);
        var buffer = new ReadOnlySequence<byte>(bytes);

        var failure = Record.Exception(() => Assert.True(MessageFrame.TryRead(ref buffer, Limit, out _, out _)));

        Assert.Equal(refused ? StatusCode.ResourceExhausted : null, (failure as RpcException)?.StatusCode);
    }

    [Fact]
    public void The_payload_is_not_copied()
    {
        var bytes = new byte[MessageFrame.PrefixSize + 100];
        MessageFrame.WritePrefix(bytes, compressed: false, 100);
        var buffer = new ReadOnlySequence<byte>(bytes);

        Assert.True(MessageFrame.TryRead(ref buffer, Limit, out var payload, out _));

        bytes[MessageFrame.PrefixSize] = 42;
        Assert.Equal(42, payload.FirstSpan[0]);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(200_000)]
    public void What_is_written_plain_or_compressed_is_read_back(int size)
    {
        var random = new Random(size);
        var message = new EchoRequest { Text = string.Concat(Enumerable.Range(0, size).Select(_ => (char)('a' + random.Next(3)))) };
        var (plain, compressed) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());

        Assert.Equal(MessageEncoder.Write(plain, message, int.MaxValue), plain.WrittenCount);
        Assert.Equal(MessageEncoder.WriteGzip(compressed, message, int.MaxValue, System.IO.Compression.CompressionLevel.Fastest), compressed.WrittenCount);

        foreach (var written in new[] { plain, compressed })
        {
            var buffer = new ReadOnlySequence<byte>(written.WrittenMemory);
            Assert.True(new MessageDecoder(EchoRequest.Parser, MessageEncoding.Gzip, int.MaxValue).TryRead(ref buffer, out var read));
            Assert.Equal(message, read);
        }
    }

    [Fact]
    public void A_message_over_the_limit_is_not_begun()
    {
        var destination = new ArrayBufferWriter<byte>();

        var failure = Assert.Throws<RpcException>(() => MessageEncoder.Write(destination, new EchoRequest { Text = new string('x', Limit) }, Limit));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(0, destination.WrittenCount);
    }
}
