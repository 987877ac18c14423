using Xunit;

namespace Cluster.Tests.Support;

public sealed class FakeTimeProviderTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_delay_ends_exactly_when_the_clock_has_reached_it()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(10), _clock, TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await delay;
    }

    [Fact]
    public void Timers_fire_in_the_order_they_are_due_and_see_their_own_moment()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        void Record(object? name) => fired.Add(((string)name!, _clock.GetUtcNow() - start));
        using var late = _clock.CreateTimer(Record, "late", TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using var ticking = _clock.CreateTimer(Record, "tick", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(
            [
                ("tick", TimeSpan.FromSeconds(2)),
                ("tick", TimeSpan.FromSeconds(4)),
                ("late", TimeSpan.FromSeconds(5)),
                ("tick", TimeSpan.FromSeconds(6)),
            ],
            fired);
    }

    [Fact]
    public async Task A_test_can_wait_until_code_under_test_has_armed_its_timer()
    {
        var armed = _clock.TimersArmedAsync(1, TestContext.Current.CancellationToken);
        Assert.False(armed.IsCompleted);

        using var timer = _clock.CreateTimer(static _ => { }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        await armed;
        Assert.Equal(1, _clock.ArmedTimers);
    }

    [Fact]
    public void A_disposed_timer_never_fires()
    {
        var timer = _clock.CreateTimer(static _ => Assert.Fail("fired"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Dispose();

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void A_token_source_with_a_timeout_is_cancelled_by_the_clock()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), _clock);

        _clock.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(source.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(source.IsCancellationRequested);
    }
}
