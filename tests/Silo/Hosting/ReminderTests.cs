using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Reminders;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

public sealed class ReminderTests
{
    private static readonly DateTimeOffset Due = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Reminder Hourly = new(new GrainId("wallet", "w-1"), "wake", Due, TimeSpan.FromHours(1), 1, 1);

    [Theory]
    [InlineData(0, 60)]
    [InlineData(59, 60)]
    [InlineData(60, 120)]
    [InlineData(61, 120)]
    [InlineData(1_000, 1_020)]
    [InlineData(-5, 60)]
    public void The_next_firing_keeps_the_rhythm_and_lies_ahead(int minutesLate, int nextMinutes) =>
        Assert.Equal(Due + TimeSpan.FromMinutes(nextMinutes), Hourly.NextAfter(Due + TimeSpan.FromMinutes(minutesLate)));

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Reminder.Check("", TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reminder.Check(new string('n', 129), TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reminder.Check("wake", TimeSpan.FromTicks(-1), TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reminder.Check("wake", TimeSpan.Zero, TimeSpan.FromMilliseconds(999)));
    }
}
