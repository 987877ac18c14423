using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Grpc.Wire;

public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", FuzzInputs.Category)]
    public void Broken_streams_end_in_messages_or_a_status_and_cost_no_more_than_the_limit()
    {
        var (read, refused, mostAllocated) = FrameFuzz.Run(seed: 20_261_120, count: FuzzInputs.Count);

        output.WriteLine($"{read} read, {refused} refused, at most {mostAllocated} bytes allocated");
        Assert.Equal(FuzzInputs.Count, read + refused);

        // Mutations that only ever break, or never do, would prove nothing.
        Assert.InRange(refused, FuzzInputs.Count / 10, FuzzInputs.Count / 10 * 9);
    }
}
