using Cluster.Solana;
using Cluster.Tests.Solana.Rpc;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

public sealed class EndpointFailureTests
{
    [Fact]
    public async Task Another_endpoint_takes_over_while_the_first_fails()
    {
        await using var broken = await FakeChain.Start();
        await using var healthy = await FakeChain.Start();
        healthy.OnSend = signature => healthy.Land(signature);
        await using var fixture = await SenderFixture.Start([broken.Server.Url, healthy.Server.Url]);
        broken.Server.OnRequest = Wrong.BreakConnection;

        var payments = SampleTransactions.Many(20, (ulong)healthy.Height + 150);
        await fixture.Submit(payments);
        await healthy.Until(() => payments.All(payment => healthy.SendsOf(payment).Count > 0));
        healthy.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized, payments.Count);

        Assert.Equal((ulong)healthy.Slot, (await fixture.Sender.GetRecentBlockhash(default)).Slot);
    }

    [Fact]
    public async Task A_storm_of_429_is_waited_out_as_the_endpoint_asks_and_nothing_is_lost()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        await using var fixture = await SenderFixture.Start(chain);
        var refused = 0;
        chain.Server.OnRequest = http => Interlocked.Increment(ref refused) <= 3
            ? Wrong.Status(http, 429, retryAfter: "1")
            : Task.FromResult(false);
        var payments = SampleTransactions.Many(50, (ulong)chain.Height + 150);

        await fixture.Submit(payments);
        await chain.Until(() => payments.All(payment => chain.SendsOf(payment).Count > 0));
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized, payments.Count);

        Assert.All(payments, payment => Assert.Contains(OutcomeKind.Finalized, fixture.Sink.KindsOf(payment)));
    }

    [Fact]
    public async Task An_endpoint_that_refuses_batches_gets_transactions_one_by_one()
    {
        await using var chain = await FakeChain.Start();
        chain.OnSend = signature => chain.Land(signature);
        chain.Server.OnReply = http => chain.Server.Calls.Last().InBatch
            ? Wrong.Body(http, """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not allowed"}}""")
            : Task.FromResult(false);
        await using var fixture = await SenderFixture.Start(chain, options => options.MaxConcurrentSends = 1);
        var payments = SampleTransactions.Many(40, (ulong)chain.Height + 150);

        await fixture.Submit(payments);
        await chain.Until(() => payments.All(payment => chain.SendsOf(payment).Count > 0));
        chain.Pass(FakeChain.FinalizedAfter);
        await fixture.Sink.Until(OutcomeKind.Finalized, payments.Count);

        Assert.Single(fixture.Log, line => line.Contains("takes no batches", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_url_of_an_endpoint_is_in_no_log_line_and_no_exception()
    {
        const string Key = "c0ffee-5ec2e7-k3y";
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(
            [new Uri(chain.Server.Url, $"/v2/{Key}?api-key={Key}")], options => options.RequestTimeout = TimeSpan.FromMilliseconds(500));
        chain.Server.OnRequest = http => Wrong.Body(http, $$$"""{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"{{{Key}}} is over quota"}}""");
        await fixture.Submit(SampleTransactions.Many(5, (ulong)chain.Height + 150));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Sender.GetRecentBlockhash(default));

        Assert.DoesNotContain(Key, error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.All(fixture.Log, line => Assert.DoesNotContain(Key, line, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(fixture.Log, line => line.Contains("[redacted]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d", "MainnetBeta")]
    [InlineData("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG", "Devnet")]
    [InlineData("4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY", "Testnet")]
    public async Task An_endpoint_of_another_network_stops_the_start(string genesis, string network)
    {
        await using var chain = await FakeChain.Start();
        chain.Genesis = genesis;

        var error = await Assert.ThrowsAsync<SolanaStartException>(() => SenderFixture.Start(chain));

        Assert.Contains($"serves {network}", error.Message, StringComparison.Ordinal);
        Assert.Contains("Solana:Network is Localnet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_nobody_serves_stops_the_start_with_the_reason()
    {
        var chain = await FakeChain.Start();
        var url = chain.Server.Url;
        await chain.DisposeAsync();

        var error = await Assert.ThrowsAsync<SolanaStartException>(
            () => SenderFixture.Start([url], options => options.StartTimeout = TimeSpan.FromSeconds(1)));

        Assert.Contains("no Solana endpoint answered within 1 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("refused", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task One_reachable_endpoint_is_enough_to_start()
    {
        await using var chain = await FakeChain.Start();
        var gone = await FakeChain.Start();
        var url = gone.Server.Url;
        await gone.DisposeAsync();

        await using var fixture = await SenderFixture.Start([url, chain.Server.Url]);

        Assert.Equal((ulong)chain.Slot, (await fixture.Sender.GetRecentBlockhash(default)).Slot);
    }
}
