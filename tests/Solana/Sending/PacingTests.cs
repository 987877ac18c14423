using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

/// <summary>Token buckets and the watch over one endpoint, on a clock that the test moves.</summary>
public sealed class PacingTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RpcNode _node;

    public PacingTests()
    {
        var endpoint = new RpcEndpoint(new Uri("http://host.example/"));
        _node = new RpcNode(new SolanaRpcClient(endpoint), new SolanaEndpointOptions(), _time) { Verified = true };
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task A_bucket_lets_a_seconds_worth_through_at_once_and_then_its_rate()
    {
        var bucket = new TokenBucket(10, _time);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(bucket.Take(1, default).AsTask().IsCompleted);
        }

        var waiting = Enumerable.Range(0, 10).Select(_ => bucket.Take(1, default).AsTask()).ToArray();
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(5, waiting.Count(task => task.IsCompleted));
        _time.Advance(TimeSpan.FromMilliseconds(500));

        await Task.WhenAll(waiting);
    }

    [Fact]
    public void A_bucket_without_a_limit_never_waits()
    {
        var bucket = new TokenBucket(0, _time);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.True(bucket.Take(1, default).AsTask().IsCompleted));
    }

    [Fact]
    public void Two_failures_are_forgiven_and_the_third_pauses_the_node()
    {
        _node.Observe(Failure(RpcFailure.Timeout));
        _node.Observe(Failure(RpcFailure.ServerError));
        Assert.True(_node.TryEnter());
        _node.Observe(Failure(RpcFailure.Unreachable));

        Assert.False(_node.TryEnter());
    }

    [Fact]
    public void An_answer_in_between_starts_the_count_anew()
    {
        for (var i = 0; i < 10; i++)
        {
            _node.Observe(Failure(RpcFailure.Timeout));
            _node.Observe(Failure(RpcFailure.Timeout));
            _node.Observe(null);
        }

        Assert.True(_node.TryEnter());
    }

    [Fact]
    public void An_error_of_the_request_says_nothing_against_the_node()
    {
        for (var i = 0; i < 10; i++)
        {
            _node.Observe(Failure(RpcFailure.InvalidRequest));
        }

        Assert.True(_node.TryEnter());
    }

    [Fact]
    public void A_429_is_waited_out_for_as_long_as_the_endpoint_asks()
    {
        _node.Observe(Failure(RpcFailure.RateLimited, TimeSpan.FromSeconds(20)));

        _time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.False(_node.TryEnter());
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(_node.TryEnter());
    }

    [Fact]
    public void A_node_that_asks_for_a_year_is_asked_again_after_a_minute()
    {
        _node.Observe(Failure(RpcFailure.RateLimited, TimeSpan.FromDays(365)));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(_node.TryEnter());
    }

    [Fact]
    public void After_a_pause_one_caller_tries_and_its_success_opens_the_node_to_all()
    {
        _node.Observe(Failure(RpcFailure.RateLimited, TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_node.TryEnter());
        Assert.False(_node.TryEnter());
        _node.Observe(null);

        Assert.True(_node.TryEnter());
        Assert.True(_node.TryEnter());
    }

    [Fact]
    public void A_storm_of_failures_at_once_makes_one_pause_and_not_one_for_each()
    {
        for (var i = 0; i < 64; i++)
        {
            _node.Observe(Failure(RpcFailure.RateLimited));
        }

        _time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.True(_node.TryEnter());
    }

    [Fact]
    public void A_success_that_had_begun_before_the_pause_does_not_end_it()
    {
        _node.Observe(Failure(RpcFailure.RateLimited, TimeSpan.FromSeconds(10)));
        _node.Observe(null);

        Assert.False(_node.TryEnter());
    }

    [Fact]
    public void A_node_that_lags_behind_the_others_is_passed_over()
    {
        using var ahead = new RpcNode(
            new SolanaRpcClient(new RpcEndpoint(new Uri("http://ahead.example/"))), new SolanaEndpointOptions(), _time) { Verified = true };
        using var pool = new RpcPool([_node, ahead], _time);
        _node.ObserveSlot(1000);
        ahead.ObserveSlot(1010);
        Assert.Same(_node, pool.TryPick());

        ahead.ObserveSlot(1200);

        Assert.Same(ahead, pool.TryPick());
    }

    [Fact]
    public void An_endpoint_whose_network_is_not_known_is_not_used()
    {
        _node.Verified = false;
        using var pool = new RpcPool([_node], _time);

        Assert.Null(pool.TryPick());
    }

    private static RpcException Failure(RpcFailure failure, TimeSpan? retryAfter = null) =>
        new(failure, "host.example", "getSlot", "no") { RetryAfter = retryAfter };
}
