using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Cluster.Silo.Grains.Campaigns.Uploads;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class IdleLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();
    private readonly Channel<int> _sent = Channel.CreateUnbounded<int>();
    private bool _isEnded;

    [Fact]
    public async Task A_stream_ends_when_its_sender_was_silent_for_too_long()
    {
        await using var stream = Begin();
        _sent.Writer.TryWrite(1);
        Assert.True(await stream.MoveNextAsync());

        var next = stream.MoveNextAsync().AsTask();
        _clock.Advance(Limit - TimeSpan.FromTicks(1));
        Assert.False(next.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("silent", (await Assert.ThrowsAsync<TimeoutException>(() => next)).Message);
        Assert.True(_isEnded);
    }

    [Fact]
    public async Task Each_element_gives_the_sender_its_time_anew_and_the_reader_may_take_as_long_as_it_likes()
    {
        await using var stream = Begin();
        for (var element = 0; element < 5; element++)
        {
            var next = stream.MoveNextAsync().AsTask();
            _clock.Advance(Limit - TimeSpan.FromTicks(1));
            _sent.Writer.TryWrite(element);
            Assert.True(await next);
            _clock.Advance(Limit * 3);
        }

        _sent.Writer.Complete();
        Assert.False(await stream.MoveNextAsync());
    }

    [Fact]
    public async Task Who_gives_up_is_not_told_of_silence()
    {
        using var gone = new CancellationTokenSource();
        await using var stream = Begin(gone.Token);
        var next = stream.MoveNextAsync().AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private IAsyncEnumerator<int> Begin(CancellationToken cancellationToken = default) =>
        Source(CancellationToken.None).EndWhenIdle(Limit, _clock, () => new TimeoutException("silent"), cancellationToken).GetAsyncEnumerator(cancellationToken);

    private async IAsyncEnumerable<int> Source([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (var element in _sent.Reader.ReadAllAsync(cancellationToken))
            {
                yield return element;
            }
        }
        finally
        {
            _isEnded = true;
        }
    }
}
