using System.Buffers;
using System.IO.Compression;
using Cluster.Grpc;
using Cluster.Grpc.Wire;
using Xunit;

namespace Cluster.Tests.Grpc.Wire;

public sealed class GzipMessageTests
{
    private const int Limit = 1024 * 1024;

    [Fact]
    public void A_bomb_costs_no_more_than_the_limit()
    {
        var bomb = Gzip(new byte[64 * Limit]);
        Assert.Throws<RpcException>(() => GzipMessage.Inflate(bomb, Limit));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<RpcException>(() => GzipMessage.Inflate(bomb, Limit));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.InRange(allocated, 0, 8 * Limit);
    }

    [Theory]
    [InlineData(Limit, true)]
    [InlineData(Limit + 1, false)]
    public void The_limit_holds_for_what_is_inflated(int size, bool passes)
    {
        var failure = Record.Exception(() =>
        {
            using var inflated = GzipMessage.Inflate(Gzip(new byte[size]), Limit);
            Assert.Equal(size, inflated.WrittenCount);
        });

        Assert.Equal(passes, failure is null);
    }

    private static ReadOnlySequence<byte> Gzip(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return new ReadOnlySequence<byte>(compressed.ToArray());
    }
}
