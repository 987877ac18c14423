using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class CompactU16Tests
{
    [Fact]
    public void Every_number_is_read_back_from_its_shortest_form()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (var number = 0; number <= ushort.MaxValue; number++)
        {
            var size = CompactU16.Write(bytes, number);

            Assert.Equal(CompactU16.Size(number), size);
            Assert.True(CompactU16.TryRead(bytes, out var read, out var readSize));
            Assert.Equal((number, size), (read, readSize));
            Assert.False(CompactU16.TryRead(bytes[..(size - 1)], out _, out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("8000")]
    [InlineData("808000")]
    [InlineData("FF00")]
    [InlineData("FF8000")]
    [InlineData("808004")]
    [InlineData("FFFF04")]
    [InlineData("FFFF83")]
    [InlineData("80808001")]
    public void What_is_cut_off_too_large_or_longer_than_need_be_is_refused(string bytes) =>
        Assert.False(CompactU16.TryRead(Convert.FromHexString(bytes), out _, out _));

    [Fact]
    public void Whatever_three_bytes_are_read_are_written_the_same()
    {
        Span<byte> bytes = stackalloc byte[3];
        Span<byte> written = stackalloc byte[3];
        for (var i = 0; i < 1 << 24; i += 7)
        {
            (bytes[0], bytes[1], bytes[2]) = ((byte)i, (byte)(i >> 8), (byte)(i >> 16));
            if (!CompactU16.TryRead(bytes, out var number, out var size)) continue;
            if (CompactU16.Write(written, number) != size || !written[..size].SequenceEqual(bytes[..size])) Assert.Fail($"{i:X6} is read as {number}");
        }
    }
}
