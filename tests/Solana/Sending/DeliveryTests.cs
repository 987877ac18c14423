using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_sink_that_throws_gets_the_same_outcomes_again_in_order()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain);
        var offered = new List<TransactionOutcome>();
        fixture.Sink.Before = (outcomes, _) =>
        {
            offered.AddRange(outcomes);
            return offered.Count < 40 ? throw new InvalidOperationException("the database is away") : Task.CompletedTask;
        };
        var payments = SampleTransactions.Many(10, (ulong)chain.Height + 150);

        await fixture.Submit(payments);
        await chain.Until(() => payments.All(payment => chain.SendsOf(payment).Count > 0));
        chain.Pass(1);
        await chain.Until(() => offered.Count >= 20);
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized, payments.Count);

        Assert.All(payments, payment => Assert.Equal([OutcomeKind.Confirmed, OutcomeKind.Finalized], fixture.Sink.KindsOf(payment)));
        Assert.True(offered.Count > fixture.Sink.Outcomes.Count);
        Assert.Contains(fixture.Log, line => line.Contains("the database is away", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sink_is_called_with_one_batch_at_a_time()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain);
        int running = 0, mostRunning = 0;
        fixture.Sink.Before = async (_, _) =>
        {
            mostRunning = Math.Max(mostRunning, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
        };
        var payments = SampleTransactions.Many(600, (ulong)chain.Height + 150);

        await fixture.Submit(payments);
        await chain.Until(() => payments.All(payment => chain.SendsOf(payment).Count > 0));
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized, payments.Count);

        Assert.Equal(1, mostRunning);
        Assert.True(fixture.Sink.Batches < payments.Count / 10, $"{fixture.Sink.Batches} batches");
    }

    [Fact]
    public async Task No_more_are_in_flight_than_allowed_and_submitting_waits_for_room()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain, options => options.MaxInFlight = 3);
        var payments = SampleTransactions.Many(5, (ulong)chain.Height + 150);

        var submitting = fixture.Submit(payments).AsTask();
        await chain.Until(() => payments.Count(payment => chain.SendsOf(payment).Count > 0) == 3);
        Assert.False(submitting.IsCompleted);
        Assert.Equal(3, fixture.Sender.InFlight);
        chain.Pass(FakeChain.FinalizedAfter);
        await submitting;
        await chain.Until(() => payments.All(payment => chain.SendsOf(payment).Count > 0));
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized, payments.Count);
    }

    [Fact]
    public async Task Waiting_for_room_can_be_cancelled_and_leaves_the_rest_untouched()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => options.MaxInFlight = 1);
        var payments = SampleTransactions.Many(2, (ulong)chain.Height + 150);
        using var cancel = new CancellationTokenSource();
        var submitting = fixture.Sender.Submit(payments, fixture.Sink, cancel.Token).AsTask();
        await chain.Until(() => chain.SendsOf(payments[0]).Count > 0);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitting);
        Assert.Equal(1, fixture.Sender.InFlight);
        Assert.Empty(chain.SendsOf(payments[1]));
    }

    [Fact]
    public async Task A_transaction_submitted_again_is_not_doubled_and_reports_to_its_new_sink_from_where_it_stands()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain);
        var payment = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(payment);
        await chain.Until(() => chain.SendsOf(payment).Count > 0);
        chain.Pass(1);
        await fixture.Sink.Until(OutcomeKind.Confirmed);

        var newSink = new CollectingSink();
        await fixture.Sender.Submit([payment], newSink, SubmitOptions.TakenUp, default);
        await newSink.Until(OutcomeKind.Confirmed);
        Assert.Equal(1, fixture.Sender.InFlight);
        chain.Pass(FakeChain.FinalizedAfter);
        await newSink.Until(OutcomeKind.Finalized);

        Assert.Equal([OutcomeKind.Confirmed], fixture.Sink.KindsOf(payment));
    }

    [Fact]
    public async Task A_dead_sink_does_not_keep_its_outcomes_from_the_one_that_takes_over()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain);
        var tried = new TaskCompletionSource();
        fixture.Sink.Before = (_, _) =>
        {
            tried.TrySetResult();
            throw new InvalidOperationException("deactivated");
        };
        var payment = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(payment);
        await chain.Until(() => chain.SendsOf(payment).Count > 0);
        chain.Pass(FakeChain.FinalizedAfter);
        await tried.Task;

        var newSink = new CollectingSink();
        await fixture.Sender.Submit([payment], newSink, SubmitOptions.TakenUp, default);
        await newSink.Until(OutcomeKind.Finalized);

        Assert.Empty(fixture.Sink.Outcomes);
    }

    [Fact]
    public async Task Bytes_that_do_not_belong_to_their_signature_are_refused_before_anything_is_taken_in()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var pair = SampleTransactions.Many(2);
        var mixed = pair[0] with { Bytes = pair[1].Bytes };

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Submit(pair[1], mixed));

        Assert.Contains("carry another signature", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Sender.InFlight);
    }
}
