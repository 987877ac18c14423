using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.Tests.Support;

namespace Cluster.Tests.Silo.Lanes;

/// <summary>A database with one lane that pays, and changes of it.</summary>
internal static class LaneRows
{
    public static async Task<TestDatabase> WithLane()
    {
        var database = await TestDatabase.Create();
        await database.Execute(
            """
            insert into wallets (wallet_id, kind, address, created_at) values ('source', 'project', decode(repeat('01', 32), 'hex'), now());
            insert into campaigns (campaign_id, wallet_id, decimals, state, duplicates, off_curve, lanes, recipients, created_at)
              values ('drop', 'source', 9, 'running', 'keep', 'allow', 1, 10, now());
            insert into campaign_recipients (campaign_id, sequence, line, owner, amount)
              select 'drop', n, 100 + n, decode(repeat(lpad(to_hex(n), 2, '0'), 32), 'hex'), 10 * n from generate_series(1, 10) n;
            insert into campaign_lanes (campaign_id, lane, wallet_id, state, first_sequence, last_sequence, next_sequence)
              values ('drop', 0, 'drop/0', 'paying', 1, 10, 1);
            """);
        return database;
    }

    public static async Task<LaneRecord> Lane(TestDatabase database) => (await new LaneStore(database.Open()).Find("drop", 0, default))!;

    public static async Task<LaneRecord> Commit(TestDatabase database, LaneChange change)
    {
        var changes = database.Open().Change();
        change.AddTo(changes);
        await database.Open().Commit(changes, default);
        return await Lane(database);
    }

    public static LaneChange Fresh(LaneRecord lane, long first, long last, byte signature)
    {
        var progress = lane.Progress with { InFlight = last - first + 1 };
        var next = lane with { Next = last + 1, NextBatch = lane.NextBatch + 1, Progress = progress };
        return new LaneChange(next) { Signed = [Batch(first, last, lane.NextBatch, signature)], Transactions = [[7, 7]] };
    }

    public static BatchRecord Batch(long first, long last, long number, byte signature)
    {
        var bytes = new byte[Signature.Size];
        bytes[0] = signature;
        return new BatchRecord
        {
            Batch = number,
            First = first,
            Last = last,
            Status = BatchStatus.Signed,
            Attempts = 1,
            Signature = Signature.FromBytes(bytes),
            LastValidBlockHeight = 150,
            Amount = 30,
            Fee = 5_000,
            Rent = 0,
        };
    }
}
