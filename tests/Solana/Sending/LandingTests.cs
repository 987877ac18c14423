using Cluster.Solana;
using Cluster.Tests.Solana.Rpc;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

public sealed class LandingTests
{
    private const string Frozen = """{"InstructionError":[0,{"Custom":1}]}""";

    [Fact]
    public async Task A_payment_whose_reply_was_lost_after_it_landed_is_found_and_only_the_same_bytes_are_ever_sent()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        var lostReplies = 0;
        chain.Server.OnReply = http => chain.Server.Calls.Last().Method == "sendTransaction" && lostReplies++ < 1
            ? Wrong.Hang(http)
            : Task.FromResult(false);
        await using var fixture = await SenderFixture.Start(chain, options => options.RequestTimeout = TimeSpan.FromMilliseconds(300));
        var payment = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(payment);
        await chain.Until(() => chain.SendsOf(payment).Count > 0);

        chain.Pass(1);
        await fixture.Sink.Until(OutcomeKind.Confirmed);
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized);

        Assert.Equal([OutcomeKind.Confirmed, OutcomeKind.Finalized], fixture.Sink.KindsOf(payment));
        Assert.All(chain.SendsOf(payment), bytes => Assert.Equal(payment.Bytes.ToArray(), bytes));
    }

    [Fact]
    public async Task What_a_fork_dropped_is_reported_and_sent_again_until_it_is_finalized()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain);
        var payment = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(payment);
        await chain.Until(() => chain.SendsOf(payment).Count > 0);
        chain.Pass(1);
        await fixture.Sink.Until(OutcomeKind.Confirmed);

        chain.OnSend = static _ => { };
        chain.Drop(payment.Signature);
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Dropped);
        chain.OnSend = signature => chain.Land(signature);
        var sendsBefore = chain.SendsOf(payment).Count;
        await chain.Until(() => chain.SendsOf(payment).Count > sendsBefore);
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized);

        var kinds = fixture.Sink.KindsOf(payment);
        Assert.Equal([OutcomeKind.Confirmed, OutcomeKind.Dropped], kinds.Take(2));
        Assert.Equal(OutcomeKind.Finalized, kinds[^1]);
        Assert.All(chain.SendsOf(payment), bytes => Assert.Equal(payment.Bytes.ToArray(), bytes));
    }

    [Fact]
    public async Task A_payment_that_landed_with_an_error_is_failed_only_once_that_is_finalized()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature, Frozen);
        await using var fixture = await SenderFixture.Start(chain);
        var payment = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(payment);
        await chain.Until(() => chain.SendsOf(payment).Count > 0);

        chain.Pass(5);
        await chain.UntilPolls(5);
        Assert.Empty(fixture.Sink.Outcomes);
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Failed);

        Assert.Equal([OutcomeKind.Failed], fixture.Sink.KindsOf(payment));
        Assert.Equal("instruction 0: custom program error 0x1 (insufficient lamports)", fixture.Sink.Outcomes[0].Error!.ToString());
    }

    [Fact]
    public async Task An_error_that_a_fork_takes_back_does_not_fail_the_payment()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature, Frozen);
        await using var fixture = await SenderFixture.Start(chain);
        var payment = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(payment);
        await chain.Until(() => chain.SendsOf(payment).Count > 0);
        chain.Pass(1);
        await chain.UntilPolls(5);

        chain.OnSend = signature => chain.Land(signature);
        chain.Drop(payment.Signature);
        chain.Pass(FakeChain.FinalizedAfter);
        await chain.Until(() => chain.SendsOf(payment).Count > 1);
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized);

        Assert.DoesNotContain(OutcomeKind.Failed, fixture.Sink.KindsOf(payment));
    }
}
