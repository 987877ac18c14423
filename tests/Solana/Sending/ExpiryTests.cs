using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

/// <summary>A payment is called expired only when it is proven that it can never land.</summary>
public sealed class ExpiryTests
{
    [Fact]
    public async Task A_lost_payment_expires_once_the_finalized_height_has_passed_its_last_valid_one()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var lost = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(lost);

        chain.Pass(150 + FakeChain.FinalizedAfter);
        await chain.Until(() => chain.SendsOf(lost).Count > 2);
        Assert.Empty(fixture.Sink.Outcomes);
        chain.Pass(1);
        await fixture.Sink.Until(OutcomeKind.Expired);

        Assert.Equal([OutcomeKind.Expired], fixture.Sink.KindsOf(lost));
    }

    [Fact]
    public async Task A_node_whose_statuses_lag_behind_the_finalized_slot_proves_nothing()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var landedUnseen = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(landedUnseen);
        await chain.Until(() => chain.SendsOf(landedUnseen).Count > 0);
        chain.Pass(140);
        chain.StatusLag = 200;
        chain.Land(landedUnseen.Signature.ToString());

        chain.Pass(150);
        await chain.UntilHistoryLookUps(4);
        Assert.Empty(fixture.Sink.Outcomes);
        chain.StatusLag = 0;
        await fixture.Sink.Until(OutcomeKind.Finalized);

        Assert.Equal([OutcomeKind.Finalized], fixture.Sink.KindsOf(landedUnseen));
    }

    [Fact]
    public async Task A_node_without_history_proves_nothing_and_the_log_says_what_to_do()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var lost = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(lost);
        chain.KeepsHistory = false;

        chain.Pass(300);
        await chain.UntilHistoryLookUps(3);
        Assert.Empty(fixture.Sink.Outcomes);
        Assert.Contains(fixture.Log, line => line.Contains("--enable-rpc-transaction-history", StringComparison.Ordinal));
        chain.KeepsHistory = true;
        await fixture.Sink.Until(OutcomeKind.Expired);
    }

    [Fact]
    public async Task A_node_that_has_pruned_the_blocks_in_which_the_payment_could_have_landed_proves_nothing()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var lost = SampleTransactions.One((ulong)chain.Height + 150);
        chain.FirstBlock = chain.Slot + 10;
        await fixture.Submit(lost);

        chain.Pass(300);
        await chain.UntilHistoryLookUps(4);
        Assert.Empty(fixture.Sink.Outcomes);
        chain.FirstBlock = FakeChain.SkippedSlots + 1;
        await fixture.Sink.Until(OutcomeKind.Expired);
    }

    [Fact]
    public async Task A_node_that_lacks_one_block_of_the_window_proves_nothing()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var lost = SampleTransactions.One((ulong)chain.Height + 150);
        chain.MissingBlock = chain.Slot + 75;
        await fixture.Submit(lost);

        chain.Pass(300);
        await chain.UntilHistoryLookUps(4);
        Assert.Empty(fixture.Sink.Outcomes);
        chain.MissingBlock = null;
        await fixture.Sink.Until(OutcomeKind.Expired);
    }

    [Fact]
    public async Task A_node_that_answers_with_errors_proves_nothing()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var lost = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(lost);
        var refused = 0;
        chain.Server.On("getBlocks", _ =>
        {
            refused++;
            throw new Rpc.RpcFault(-32019, "Failed to query long-term storage");
        });

        chain.Pass(300);
        await chain.Until(() => refused > 3);

        Assert.Empty(fixture.Sink.Outcomes);
    }

    [Fact]
    public async Task What_was_sent_hours_ago_is_found_in_the_history_and_not_sent_again()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var old = SampleTransactions.One((ulong)chain.Height + 150);
        chain.Land(old.Signature.ToString());
        chain.Pass(20_000);

        await fixture.Sender.Submit([old], fixture.Sink, SubmitOptions.TakenUp, default);
        await fixture.Sink.Until(OutcomeKind.Finalized);

        Assert.Empty(chain.SendsOf(old));
    }

    [Fact]
    public async Task What_a_dead_process_never_sent_is_sent_after_the_history_does_not_know_it()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain);
        var unsent = SampleTransactions.One((ulong)chain.Height + 150);

        await fixture.Sender.Submit([unsent], fixture.Sink, SubmitOptions.TakenUp, default);
        await chain.Until(() => chain.SendsOf(unsent).Count > 0);
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized);

        Assert.Equal(1, chain.HistoryLookUps);
    }

    [Fact]
    public async Task The_reason_for_which_nodes_refused_it_comes_with_the_expiry()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = _ => throw new Rpc.RpcFault(-32003, "Transaction signature verification failure");
        await using var fixture = await SenderFixture.Start(chain);
        var refused = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(refused);
        await chain.Until(() => chain.SendsOf(refused).Count > 1);

        chain.Pass(300);
        await fixture.Sink.Until(OutcomeKind.Expired);

        Assert.Contains("signature verification failure", fixture.Sink.Outcomes.Single().Detail, StringComparison.OrdinalIgnoreCase);
    }
}
