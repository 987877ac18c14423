using Cluster.Cli.Connection;
using Cluster.Grpc;
using Xunit;

namespace Cluster.Tests.Cli;

public sealed class RetryTests
{
    private static readonly RpcException Away = new(StatusCode.Unavailable, "the gateway stops");
    private static readonly RpcException Unreached = new(StatusCode.Unavailable, "cannot connect") { NeverProcessed = true };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_gateway_is_asked_at_once_and_then_there_is_a_pause_that_doubles_up_to_a_bound(int gateways)
    {
        var retry = new Retry(gateways);

        foreach (var expected in new[] { 0.2, 0.4, 0.8, 1.6, 3.0, 3.0 })
        {
            for (var asked = 1; asked < gateways; asked++)
            {
                Assert.True(retry.Allows(Away));
                Assert.Equal(TimeSpan.Zero, retry.Pause);
            }

            Assert.True(retry.Allows(Away));
            Assert.InRange(retry.Pause.TotalSeconds, expected * 0.5, expected * 1.5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_ends_earlier_where_no_gateway_is_reached_than_where_one_answers(int gateways)
    {
        Assert.Equal((6 * gateways) - 1, Allowed(new Retry(gateways), Unreached));
        Assert.Equal((20 * gateways) - 1, Allowed(new Retry(gateways), Away));
    }

    [Fact]
    public void What_failed_before_the_call_got_on_counts_no_more()
    {
        var retry = new Retry(gateways: 1);
        Allowed(retry, Away);

        retry.Progress();

        Assert.Equal(19, Allowed(retry, Away));
    }

    [Fact]
    public void Who_lost_a_race_waits_before_it_asks_any_gateway_again()
    {
        var retry = new Retry(gateways: 2);

        Assert.True(retry.Allows(new RpcException(StatusCode.Aborted, "somebody else was first")));

        Assert.True(retry.Pause > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.PermissionDenied)]
    public void Other_failures_are_answers(StatusCode code) => Assert.False(new Retry(2).Allows(new RpcException(code, "no")));

    private static int Allowed(Retry retry, RpcException error)
    {
        var allowed = 0;
        while (retry.Allows(error))
        {
            allowed++;
        }

        return allowed;
    }
}
