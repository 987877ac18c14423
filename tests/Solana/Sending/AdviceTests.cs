using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.Tests.Solana.Rpc;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

/// <summary>Blockhashes, priority fees and the options that bound them.</summary>
public sealed class AdviceTests
{
    [Fact]
    public async Task A_blockhash_is_given_out_of_the_cache_at_once_and_refreshed_in_the_background()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => RefreshEvery(options, TimeSpan.FromMilliseconds(100)));
        var first = await fixture.Sender.GetRecentBlockhash(default);

        var again = fixture.Sender.GetRecentBlockhash(default);
        Assert.True(again.IsCompletedSuccessfully);
        Assert.Equal(first, await again);
        chain.Pass(10);
        var asked = chain.Server.CallsOf("getLatestBlockhash").Count;
        await chain.Until(() => chain.Server.CallsOf("getLatestBlockhash").Count >= asked + 2);

        var later = await fixture.Sender.GetRecentBlockhash(default);
        Assert.Equal(first.Slot + 10, later.Slot);
        Assert.Equal(first.LastValidBlockHeight + 10, later.LastValidBlockHeight);
    }

    [Fact]
    public async Task A_node_that_lags_does_not_take_the_blockhash_back_in_time()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => RefreshEvery(options, TimeSpan.FromMilliseconds(100)));
        var first = await fixture.Sender.GetRecentBlockhash(default);

        chain.Pass(-20);
        var asked = chain.Server.CallsOf("getLatestBlockhash").Count;
        await chain.Until(() => chain.Server.CallsOf("getLatestBlockhash").Count >= asked + 2);

        Assert.Equal(first, await fixture.Sender.GetRecentBlockhash(default));
    }

    [Fact]
    public async Task Whoever_signs_anew_after_an_expiry_is_not_given_the_expired_blockhash_again()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => RefreshEvery(options, TimeSpan.FromSeconds(10)));
        var first = await fixture.Sender.GetRecentBlockhash(default);
        await fixture.Submit(SampleTransactions.One(first.LastValidBlockHeight));

        chain.Pass(400);
        await fixture.Sink.Until(OutcomeKind.Expired);

        Assert.Equal(first.LastValidBlockHeight + 400, (await fixture.Sender.GetRecentBlockhash(default)).LastValidBlockHeight);
    }

    [Fact]
    public async Task A_thousand_callers_share_one_question_for_a_blockhash()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => RefreshEvery(options, TimeSpan.FromSeconds(10)));

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => fixture.Sender.GetRecentBlockhash(default).AsTask()));

        Assert.Single(chain.Server.CallsOf("getLatestBlockhash"));
    }

    [Theory]
    [InlineData(50, 0, 1_000_000, 300)]
    [InlineData(100, 0, 1_000_000, 500)]
    [InlineData(0, 0, 1_000_000, 100)]
    [InlineData(100, 0, 250, 250)]
    [InlineData(0, 150, 250, 150)]
    public async Task The_fee_offered_is_a_percentile_of_what_was_paid_within_floor_and_cap(
        int percentile, ulong floor, ulong cap, ulong offered)
    {
        await using var chain = await FakeChain.Start();
        chain.Server.On("getRecentPrioritizationFees", _ => Fees(500, 100, 300, 200, 400));
        await using var fixture = await SenderFixture.Start(chain, options =>
        {
            options.PriorityFeePercentile = percentile;
            options.PriorityFeeFloor = floor;
            options.PriorityFeeCap = cap;
        });

        Assert.Equal(offered, await fixture.Sender.GetPriorityFee(new[] { SolanaRpcClientTests.Key(1) }, default));
    }

    [Fact]
    public async Task Fees_are_remembered_by_the_accounts_they_are_for()
    {
        await using var chain = await FakeChain.Start();
        chain.Server.On("getRecentPrioritizationFees", parameters => Fees((ulong)parameters[0]!.AsArray().Count));
        await using var fixture = await SenderFixture.Start(chain);
        var keys = Enumerable.Range(0, 200).Select(SolanaRpcClientTests.Key).ToArray();

        Assert.Equal(1u, await fixture.Sender.GetPriorityFee(keys.AsMemory(0, 1), default));
        Assert.Equal(2u, await fixture.Sender.GetPriorityFee(keys.AsMemory(0, 2), default));
        Assert.Equal(1u, await fixture.Sender.GetPriorityFee(keys.AsMemory(0, 1), default));
        Assert.Equal(128u, await fixture.Sender.GetPriorityFee(keys, default));

        Assert.Equal(3, chain.Server.CallsOf("getRecentPrioritizationFees").Count);
    }

    [Fact]
    public async Task A_node_that_knows_no_fees_does_not_stop_a_payment()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => options.PriorityFeeFloor = 7);

        Assert.Equal(7u, await fixture.Sender.GetPriorityFee(default, default));
    }

    [Fact]
    public void Every_setting_out_of_its_range_is_named_at_once()
    {
        var options = new SolanaOptions
        {
            MaxInFlight = 0,
            ResendInterval = TimeSpan.Zero,
            PriorityFeeFloor = 5,
            PriorityFeeCap = 4,
            Endpoints = { new SolanaEndpointOptions { Url = new Uri("ftp://host.example/c0ffee"), SendBatchSize = 100, SendsPerSecond = double.NaN } },
        };

        var error = Assert.Throws<OptionsValidationException>(() => SolanaOptionsValidator.Checked(options));

        Assert.Equal(6, error.Failures.Count());
        foreach (var setting in new[] { "MaxInFlight", "ResendInterval", "PriorityFeeCap", "Endpoints:0:Url", "Endpoints:0:SendBatchSize", "Endpoints:0:SendsPerSecond" })
        {
            Assert.Contains($"Solana:{setting} ", error.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("c0ffee", error.Message, StringComparison.Ordinal);
    }

    private static void RefreshEvery(SolanaOptions options, TimeSpan interval)
    {
        options.BlockhashRefresh = interval;
        options.SlotDuration = TimeSpan.FromSeconds(1);
    }

    private static JsonArray Fees(params ulong[] paid) =>
        [.. paid.Select((fee, slot) => new JsonObject { ["slot"] = slot, ["prioritizationFee"] = fee })];
}
