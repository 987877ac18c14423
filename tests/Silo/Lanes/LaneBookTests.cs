using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.V1;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Xunit;
using Outcome = Cluster.V1.Outcome;
using TransactionOutcome = Cluster.V1.TransactionOutcome;

namespace Cluster.Tests.Silo.Lanes;

public sealed class LaneBookTests
{
    [Fact]
    public void Whatever_happens_each_recipient_is_paid_exactly_once_or_fails_with_a_reason() =>
        Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2_000).WithEndSize(400),
            Prop.ForAll(
                ArbMap.Default.ArbFor<int[]>(),
                ArbMap.Default.ArbFor<int[]>(),
                (poison, choices) =>
                {
                    var world = new LaneWorld(poison.Take(3));
                    foreach (var choice in choices)
                    {
                        world.Do(choice * 7_919);
                    }

                    world.Finish();
                    return true;
                }));

    [Fact]
    public void A_batch_is_signed_anew_only_after_it_has_expired()
    {
        var book = Book();
        Enter(book, Fresh(1, 3));
        var again = new LanePlan { Replaced = [0], Batches = [Batch(1, 3, 2)], Failures = [] };

        Assert.False(book.IsCurrent(again));
        Assert.Throws<InvalidOperationException>(() => book.Enter(again));

        book.Apply(book.Settle([Outcome_(1, Outcome.Expired)]));
        Assert.True(book.IsCurrent(again));
        Enter(book, again);
        Assert.Equal(1, book.Lane.Progress.Resigned);
        Assert.Equal(3, book.Lane.Progress.InFlight);
    }

    [Fact]
    public void A_payment_that_is_found_finalized_is_never_signed_anew_though_it_was_called_expired()
    {
        var book = Book();
        Enter(book, Fresh(1, 3));
        book.Apply(book.Settle([Outcome_(1, Outcome.Expired)]));
        book.Apply(book.Settle([Outcome_(1, Outcome.Finalized)]));

        Assert.Equal(0, book.BrokenCount);
        Assert.Equal(3, book.Lane.Progress.Finalized);
    }

    [Theory]
    [InlineData(2, 3, 4)]
    [InlineData(1, 2, 4)]
    [InlineData(1, 4, 4)]
    [InlineData(1, 3, 1)]
    [InlineData(1, 3, 99)]
    public void A_plan_that_leaves_a_recipient_out_or_pays_one_twice_is_refused(long first, long last, long next)
    {
        var plan = new LanePlan { First = 1, Next = next, Batches = [Batch(first, last, 1)], Failures = [] };

        Assert.Throws<InvalidOperationException>(() => Book().Enter(plan));
    }

    [Fact]
    public void A_plan_whose_batches_overlap_is_refused()
    {
        var plan = new LanePlan { First = 1, Next = 5, Batches = [Batch(1, 3, 1), Batch(3, 4, 2)], Failures = [] };

        Assert.Throws<InvalidOperationException>(() => Book().Enter(plan));
    }

    [Fact]
    public void A_plan_whose_failure_is_also_paid_is_refused()
    {
        var failure = new PaymentFailure(2, "somebody", "frozen", null);
        var plan = new LanePlan { First = 1, Next = 4, Batches = [Batch(1, 3, 1)], Failures = [failure] };

        Assert.Throws<InvalidOperationException>(() => Book().Enter(plan));
    }

    [Theory]
    [InlineData(true, false, "")]
    [InlineData(false, true, "")]
    [InlineData(false, false, "out of funds")]
    public void Nothing_is_signed_for_a_lane_that_was_told_to_stop(bool paused, bool cancelled, string stalled)
    {
        var book = Book(lane => lane with { Paused = paused, Cancelled = cancelled, Stalled = stalled });

        Assert.Throws<InvalidOperationException>(() => book.Enter(Fresh(1, 3)));
    }

    [Fact]
    public void Fees_of_transactions_that_landed_with_an_error_are_counted_and_their_recipients_are_not()
    {
        var book = Book();
        Enter(book, Fresh(1, 3));
        book.Apply(book.Settle([Outcome_(1, Outcome.Confirmed)]));
        book.Apply(book.Settle([Outcome_(1, Outcome.Dropped)]));
        book.Apply(book.Settle([Outcome_(1, Outcome.Failed)]));

        Assert.Equal(new LaneProgress(0, 0, 0, 0, 0, 1, 5_000, 0, 0), book.Lane.Progress);
    }

    [Fact]
    public void The_same_outcome_twice_changes_nothing_the_second_time()
    {
        var book = Book();
        Enter(book, Fresh(1, 3));
        book.Apply(book.Settle([Outcome_(1, Outcome.Finalized)]));

        Assert.Empty(book.Settle([Outcome_(1, Outcome.Finalized)]).Settled);
        Assert.Empty(book.Settle([Outcome_(1, Outcome.Expired)]).Settled);
    }

    private static LaneBook Book(Func<LaneRecord, LaneRecord>? with = null)
    {
        var lane = new LaneRecord
        {
            CampaignId = "drop",
            Lane = 0,
            WalletId = "drop/0",
            State = LaneState.LanePaying,
            First = 1,
            Last = 10,
            Next = 1,
        };
        return new LaneBook(with?.Invoke(lane) ?? lane, []);
    }

    private static void Enter(LaneBook book, LanePlan plan) => book.Apply(book.Enter(plan));

    private static LanePlan Fresh(long first, long last) =>
        new() { First = first, Next = last + 1, Batches = [Batch(first, last, 1)], Failures = [] };

    private static PlannedBatch Batch(long first, long last, byte signature) => new()
    {
        First = first,
        Last = last,
        Attempts = 1,
        Signature = Sign(signature),
        Transaction = [1],
        LastValidBlockHeight = 1,
        Amount = 10,
        Fee = 5_000,
        Rent = 0,
    };

    private static Signature Sign(byte value)
    {
        var bytes = new byte[Signature.Size];
        bytes[0] = value;
        return Signature.FromBytes(bytes);
    }

    private static TransactionOutcome Outcome_(byte signature, Outcome outcome) =>
        new() { Signature = ByteString.CopyFrom(Sign(signature).AsSpan()), Outcome = outcome };
}
