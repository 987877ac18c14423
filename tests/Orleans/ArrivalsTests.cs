using Cluster.OrleansHost.Calls;
using Cluster.OrleansHost.Shells;
using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.OrleansHost;

/// <summary>Calls of one process to one grain are let in by the order in which they were made.</summary>
public sealed class ArrivalsTests
{
    private static readonly GrainId Grain = new("wallet", "w-1");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _clock = new();
    private readonly LinesOfCalls _lines = new();
    private readonly Arrivals _arrivals;

    public ArrivalsTests() => _arrivals = new Arrivals(_clock);

    [Fact]
    public async Task Calls_that_come_in_the_reverse_order_are_let_in_by_that_of_their_making()
    {
        var order = new List<long>();
        var places = Enumerable.Range(0, 20).Select(_ => Enter().Place).ToList();

        var calls = places.AsEnumerable().Reverse().Select(async place =>
        {
            await _arrivals.AwaitTurn(place, None);
            order.Add(place.Number);
            _arrivals.HasCome(place);
        }).ToList();

        await Task.WhenAll(calls);
        Assert.Equal(places.Select(place => place.Number), order);
    }

    [Fact]
    public void A_call_that_is_made_when_the_one_before_was_answered_waits_for_nothing()
    {
        var first = Enter();
        first.Line.Dispose();
        var second = Enter();

        Assert.Equal(0, second.Place.After);
        Assert.True(_arrivals.AwaitTurn(second.Place, None).AsTask().IsCompleted);
    }

    [Fact]
    public void Calls_to_another_grain_and_of_another_process_wait_for_nothing()
    {
        Enter();
        _lines.Enter(new GrainId("wallet", "w-2"), out var other);
        new LinesOfCalls().Enter(Grain, out var foreign);

        Assert.Equal((0, 0), (other.After, foreign.After));
    }

    [Fact]
    public async Task A_predecessor_that_does_not_come_is_waited_for_a_moment_only()
    {
        Enter();
        var (second, third) = (Enter().Place, Enter().Place);
        var thirdWaits = _arrivals.AwaitTurn(third, None).AsTask();
        var secondWaits = _arrivals.AwaitTurn(second, None).AsTask();

        _clock.Advance(TimeSpan.FromSeconds(1));
        await secondWaits;
        Assert.False(thirdWaits.IsCompleted);
        _arrivals.HasCome(second);
        await thirdWaits;
    }

    [Fact]
    public async Task A_caller_that_gives_up_keeps_nobody_waiting()
    {
        using var cancellation = new CancellationTokenSource();
        Enter();
        var second = Enter().Place;
        var third = Enter().Place;
        var given = _arrivals.AwaitTurn(second, cancellation.Token).AsTask();
        var next = _arrivals.AwaitTurn(third, None).AsTask();

        await cancellation.CancelAsync();
        await given;
        _arrivals.HasCome(second);
        await next;
    }

    private (IDisposable Line, PlaceInLine Place) Enter()
    {
        var line = _lines.Enter(Grain, out var place);
        return (line, place);
    }
}
