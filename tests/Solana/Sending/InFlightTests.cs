using Cluster.Solana;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

/// <summary>What is due when, to the millisecond, on a clock that the test moves.</summary>
public sealed class InFlightTests
{
    private static readonly SubmitOptions Fresh = SubmitOptions.Fresh;

    private readonly FakeTimeProvider _time = new();
    private readonly SolanaOptions _options = new();
    private readonly InFlight _inFlight;
    private readonly CollectingSink _sink = new();

    public InFlightTests() =>
        _inFlight = new InFlight(
            new Cadence(_options),
            new SenderClock(_time),
            sink => new OutcomeDelivery(sink, (_, _) => { }, TimeSpan.FromSeconds(1), _time, NullLogger.Instance, CancellationToken.None));

    [Fact]
    public void An_unconfirmed_transaction_is_sent_again_every_two_seconds_give_or_take_a_tenth()
    {
        Sent(SampleTransactions.One(), SendVerdict.Accepted);
        var intervals = new List<double>();
        var last = _time.GetUtcNow();
        while (intervals.Count < 100)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            foreach (var due in Due().Sends)
            {
                intervals.Add((_time.GetUtcNow() - last).TotalSeconds);
                last = _time.GetUtcNow();
                _inFlight.BookSend(due, Result(SendVerdict.Accepted));
                _inFlight.EndSends([due]);
            }
        }

        Assert.All(intervals, interval => Assert.InRange(interval, 1.8, 2.21));
        Assert.True(intervals.Distinct().Count() > 10, "the intervals are not spread");
    }

    [Fact]
    public void What_an_endpoint_most_likely_did_not_take_is_tried_again_sooner()
    {
        Sent(SampleTransactions.One(), SendVerdict.Unknown, RpcFailure.RateLimited);

        _time.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Single(Due().Sends);
    }

    [Fact]
    public void A_transaction_just_sent_is_looked_up_after_a_slot_and_then_ever_less_often()
    {
        Sent(SampleTransactions.One(), SendVerdict.Accepted);

        _time.Advance(_options.SlotDuration - TimeSpan.FromMilliseconds(1));
        Assert.Empty(Due().Recent);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var looks = LookUpsWithin(TimeSpan.FromSeconds(60));

        Assert.InRange(looks, 25, 45);
    }

    [Fact]
    public void Nothing_is_looked_up_twice_at_once()
    {
        Sent(SampleTransactions.One(), SendVerdict.Accepted);
        _time.Advance(_options.SlotDuration);

        Assert.Single(Due().Recent);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(Due().Recent);
    }

    [Fact]
    public void A_confirmed_transaction_is_neither_sent_nor_looked_up_before_its_slot_is_finalized()
    {
        Sent(SampleTransactions.One(), SendVerdict.Accepted);
        _time.Advance(_options.SlotDuration);
        See(Due().Recent, new SignatureStatus(100, null, 1, Commitment.Confirmed));

        _time.Advance(TimeSpan.FromMinutes(5));
        var early = Due(new FinalizedPoint(99, 90));
        Assert.Empty(early.Sends);
        Assert.Empty(early.Recent);

        Assert.Single(Due(new FinalizedPoint(100, 91)).Recent);
    }

    [Fact]
    public void A_transaction_past_its_last_valid_height_is_not_sent_but_looked_up_with_history()
    {
        Sent(SampleTransactions.One(lastValidBlockHeight: 500), SendVerdict.Accepted);
        _time.Advance(TimeSpan.FromMinutes(5));

        var due = Due(new FinalizedPoint(700, 501));

        Assert.Empty(due.Sends);
        Assert.Empty(due.Recent);
        Assert.Single(due.History);
    }

    [Fact]
    public void At_its_last_valid_height_it_is_still_sent()
    {
        Sent(SampleTransactions.One(lastValidBlockHeight: 500), SendVerdict.Accepted);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Single(Due(new FinalizedPoint(700, 500)).Sends);
    }

    [Fact]
    public void Proofs_that_fail_are_tried_at_growing_intervals()
    {
        Sent(SampleTransactions.One(lastValidBlockHeight: 500), SendVerdict.Accepted);
        var looks = 0;
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromMinutes(5); waited += TimeSpan.FromMilliseconds(100))
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            var due = Due(new FinalizedPoint(700, 501)).History;
            looks += due.Count;
            _inFlight.BookHistory(due, new SignatureStatus?[due.Count], new HistoryView(600, 499, 600, null));
        }

        Assert.InRange(looks, 30, 80);
    }

    [Fact]
    public void Status_requests_are_bounded_by_what_the_poll_can_ask_at_once()
    {
        foreach (var transaction in SampleTransactions.Many(20))
        {
            Sent(transaction, SendVerdict.Accepted);
        }

        _time.Advance(_options.SlotDuration);

        Assert.Equal(8, _inFlight.CollectDue(default, maxRecent: 8, maxHistory: 8).Recent.Count);
        Assert.Equal(12, _inFlight.CollectDue(default, maxRecent: 50, maxHistory: 50).Recent.Count);
    }

    private void Sent(SignedTransaction transaction, SendVerdict verdict, RpcFailure? failure = null)
    {
        Assert.True(_inFlight.TryAdd(transaction, _sink, Fresh, out var tracked));
        Assert.True(_inFlight.BeginSend(tracked));
        _inFlight.BookSend(tracked, Result(verdict, failure));
        _inFlight.EndSends([tracked]);
    }

    private static SendResult Result(SendVerdict verdict, RpcFailure? failure = null) =>
        new(verdict, failure is { } kind ? new RpcException(kind, "host.example", "sendTransaction", "no") : null);

    private DueWork Due(FinalizedPoint finalized = default) => _inFlight.CollectDue(finalized, 1000, 1000);

    private void See(List<TrackedTransaction> asked, SignatureStatus status) =>
        _inFlight.BookRecent(asked, new AtSlot<IReadOnlyList<SignatureStatus?>>(200, [.. asked.Select(_ => status)]));

    private int LookUpsWithin(TimeSpan time)
    {
        var looks = 0;
        for (var waited = TimeSpan.Zero; waited < time; waited += TimeSpan.FromMilliseconds(100))
        {
            var due = Due().Recent;
            looks += due.Count;
            _inFlight.BookRecent(due, new AtSlot<IReadOnlyList<SignatureStatus?>>(200, new SignatureStatus?[due.Count]));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        return looks;
    }
}
