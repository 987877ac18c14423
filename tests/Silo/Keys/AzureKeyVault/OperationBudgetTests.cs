using Cluster.Silo.Keys;
using Cluster.Silo.Keys.AzureKeyVault;
using Cluster.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Silo.Keys.AzureKeyVault;

public sealed class OperationBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Of_nine_thousand_unwraps_four_thousand_leave_at_once_and_four_thousand_every_ten_seconds()
    {
        var budget = new OperationBudget(4_000, TimeSpan.FromMinutes(1), _time);
        var left = Enumerable.Range(0, 9_000).Select(_ => budget.Enter(CancellationToken.None).AsTask()).ToList();

        Assert.Equal(4_000, left.Count(task => task.IsCompleted));
        Assert.Equal("5,000 operations wait for the limit of 4,000 in 10 s; the next one to come waits 20.0 s", budget.Congestion);

        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(4_000, left.Count(task => task.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Task.WhenAll(left.Take(8_000));
        Assert.Equal(8_000, left.Count(task => task.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(10));
        await Task.WhenAll(left);
        Assert.Null(budget.Congestion);
    }

    [Fact]
    public async Task Who_would_wait_longer_than_allowed_is_told_how_long_and_why()
    {
        var budget = new OperationBudget(2, TimeSpan.FromSeconds(15), _time);
        var waiting = Enumerable.Range(0, 4).Select(_ => budget.Enter(CancellationToken.None).AsTask()).ToList();

        var error = await Assert.ThrowsAsync<KeyException>(async () => await budget.Enter(CancellationToken.None));

        Assert.True(error.IsTransient);
        Assert.Equal("2 operations wait for the limit of 2 in 10 s, so that this one would wait 20 s; try again later.", error.Message);
        _time.Advance(TimeSpan.FromSeconds(10));
        await Task.WhenAll(waiting);
    }

    [Fact]
    public void Whenever_they_come_no_window_of_ten_seconds_holds_more_than_the_limit()
    {
        Prop.ForAll(Gen.Choose(0, 4_000).ArrayOf(60).ToArbitrary(), pauses =>
        {
            var time = new FakeTimeProvider();
            var budget = new OperationBudget(5, TimeSpan.FromHours(1), time);
            var departures = new List<TimeSpan>();
            var start = time.GetTimestamp();
            async Task Leave()
            {
                await budget.Enter(CancellationToken.None);
                lock (departures)
                {
                    departures.Add(time.GetElapsedTime(start));
                }
            }

            var all = new List<Task>();
            foreach (var pause in pauses)
            {
                all.Add(Leave());
                time.Advance(TimeSpan.FromMilliseconds(pause));
            }

            while (time.ArmedTimers > 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
            }

            departures.Sort();
            return all.TrueForAll(task => task.IsCompletedSuccessfully) && Enumerable.Range(0, departures.Count - 5).All(i => departures[i + 5] - departures[i] >= OperationBudget.Window);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }
}
