using Cluster.Silo.Grains.Campaigns;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class LaneSplitTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0, 100_000, 1)]
    [InlineData(0, 100_001, 2)]
    [InlineData(0, 1_000_000, 3)]
    [InlineData(64, 1_000_000, 64)]
    [InlineData(64, 10, 10)]
    public void The_number_of_lanes_follows_from_the_recipients_unless_it_was_asked_for(int asked, long recipients, int expected) =>
        Assert.Equal(expected, LaneSplit.Count(asked, recipients));

    [Fact]
    public void Every_recipient_is_in_exactly_one_lane() =>
        Prop.ForAll(
            Gen.Choose(1, 100_000).ToArbitrary(),
            Gen.Choose(1, LaneSplit.MaxLanes).ToArbitrary(),
            (recipients, asked) =>
            {
                var next = 1L;
                var lanes = LaneSplit.Count(asked, recipients);
                foreach (var (first, last) in LaneSplit.Ranges(recipients, lanes))
                {
                    if (first != next || last < first)
                    {
                        return false;
                    }

                    next = last + 1;
                }

                return next == recipients + 1;
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
}
