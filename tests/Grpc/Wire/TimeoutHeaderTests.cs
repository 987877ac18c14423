using Cluster.Grpc.Wire;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Grpc.Wire;

public sealed class TimeoutHeaderTests
{
    [Theory]
    [InlineData("1H", "01:00:00")]
    [InlineData("2M", "00:02:00")]
    [InlineData("3S", "00:00:03")]
    [InlineData("4m", "00:00:00.0040000")]
    [InlineData("5u", "00:00:00.0000050")]
    [InlineData("600n", "00:00:00.0000006")]
    [InlineData("1n", "00:00:00.0000001")]
    [InlineData("0n", "00:00:00")]
    [InlineData("00000010S", "00:00:10")]
    [InlineData("99999999H", "4166666.15:00:00")]
    public void Every_unit_is_read(string header, string expected)
    {
        Assert.True(TimeoutHeader.TryParse(header, out var timeout));
        Assert.Equal(TimeSpan.Parse(expected), timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("m")]
    [InlineData("100000000n")]
    [InlineData("+1S")]
    [InlineData("-1S")]
    [InlineData("1,000S")]
    [InlineData("1h")]
    [InlineData(" 1S")]
    [InlineData("１S")]
    public void Anything_else_is_not(string header) => Assert.False(TimeoutHeader.TryParse(header, out _));

    [Fact]
    public void What_is_written_is_valid_and_never_shorter_nor_more_than_a_millionth_longer() =>
        Prop.ForAll<long>(ticks =>
        {
            var timeout = TimeSpan.FromTicks(Math.Abs(ticks % TimeoutHeader.Longest.Ticks));
            Assert.True(TimeoutHeader.TryParse(TimeoutHeader.Format(timeout), out var read));
            Assert.InRange(read.Ticks, timeout.Ticks, timeout.Ticks + Math.Max(1, timeout.Ticks / 1_000_000));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Time_that_has_passed_is_sent_as_the_shortest_there_is(long ticks) =>
        Assert.Equal("1n", TimeoutHeader.Format(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void More_than_the_header_can_say_is_sent_as_the_most_it_can() =>
        Assert.Equal("99999999H", TimeoutHeader.Format(TimeSpan.MaxValue));
}
