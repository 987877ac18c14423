using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Storage;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

public sealed class RequestRetentionTests
{
    private static readonly GrainId Grain = new("wallet", "w-1");

    [Fact]
    public async Task Answers_are_kept_as_long_as_promised_and_removed_in_portions()
    {
        await using var database = await TestDatabase.Create();
        var clock = new FakeTimeProvider();
        await database.Execute(
            $"""
            insert into requests select 'wallet', 'w-1', 'old-' || n, 'm', sha256('x'), '\x', '{clock.GetUtcNow():o}'::timestamptz - interval '30 days 1 second'
            from generate_series(1, 12000) n;
            insert into requests values ('wallet', 'w-1', 'young', 'm', sha256('x'), '\x', '{clock.GetUtcNow():o}'::timestamptz - interval '29 days')
            """);
        var store = new CountingStore(new RequestStore(database.Open(clock)));
        using var retention = new RequestRetention(
            store, Options.Create(new RequestRetentionOptions()), clock, NullLogger<RequestRetention>.Instance);

        await retention.StartAsync(TestContext.Current.CancellationToken);
        var portions = await store.FirstRound.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal([5_000, 5_000, 2_000], portions);
        await retention.StopAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(await store.Find(Grain, "young", TestContext.Current.CancellationToken));
        Assert.Null(await store.Find(Grain, "old-1", TestContext.Current.CancellationToken));
        Assert.Equal(1L, await database.Scalar<long>("select count(*) from requests"));
    }

    /// <summary>The real store, and how much each portion removed.</summary>
    private sealed class CountingStore(IRequestStore store) : IRequestStore
    {
        private readonly List<int> _portions = [];

        public TaskCompletionSource<int[]> FirstRound { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<RecordedReply?> Find(GrainId grain, string requestId, CancellationToken cancellationToken) =>
            store.Find(grain, requestId, cancellationToken);

        public async Task<int> Forget(DateTimeOffset olderThan, int limit, CancellationToken cancellationToken)
        {
            var removed = await store.Forget(olderThan, limit, cancellationToken);
            _portions.Add(removed);
            if (removed < limit)
            {
                FirstRound.TrySetResult([.. _portions]);
            }

            return removed;
        }
    }
}
