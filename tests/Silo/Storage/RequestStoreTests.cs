using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed class RequestStoreTests
{
    private static readonly GrainId Source = new("wallet", "source");

    [Fact]
    public async Task Old_answers_are_forgotten_but_not_those_by_which_an_open_lane_asks_for_its_funds()
    {
        await using var database = await TestDatabase.Create();
        await database.Execute(
            """
            insert into wallets (wallet_id, kind, address, created_at) values ('source', 'project', decode(repeat('01', 32), 'hex'), now());
            insert into campaigns (campaign_id, wallet_id, decimals, state, duplicates, off_curve, created_at)
              values ('drop', 'source', 6, 'paused', 'keep', 'allow', now());
            insert into campaign_lanes (campaign_id, lane, wallet_id, state, first_sequence, last_sequence, next_sequence)
              values ('drop', 1, 'drop/1', 'paying', 1, 2, 1), ('drop', 10, 'drop/10', 'done', 3, 4, 5);
            insert into requests (grain_type, grain_key, request_id, method, request_hash, reply, created_at)
              select 'wallet', 'source', id, 'm', decode(repeat('02', 32), 'hex'), '', now() - interval '40 days'
              from unnest(array['lane:drop/1:tokens:1', 'lane:drop/10:tokens:1', 'mine']) as id;
            """);
        var store = new RequestStore(database.Open());

        Assert.Equal(2, await store.Forget(DateTimeOffset.UtcNow.AddDays(-30), 100, default));

        Assert.NotNull(await store.Find(Source, "lane:drop/1:tokens:1", default));
        Assert.Null(await store.Find(Source, "lane:drop/10:tokens:1", default));
        Assert.Null(await store.Find(Source, "mine", default));
    }
}
