using Xunit;

namespace Cluster.Tests.Grpc.Wire;

public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void A_hundred_thousand_broken_streams_end_in_messages_or_a_status_and_cost_no_more_than_the_limit()
    {
        var (read, refused, mostAllocated) = FrameFuzz.Run(seed: 20_261_120, count: 100_000);

        output.WriteLine($"{read} read, {refused} refused, at most {mostAllocated} bytes allocated");
        Assert.Equal(100_000, read + refused);

        // Mutations that only ever break, or never do, would prove nothing.
        Assert.InRange(refused, 10_000, 90_000);
    }
}
