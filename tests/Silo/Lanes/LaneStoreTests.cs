using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;
using Npgsql;
using Xunit;
using static Cluster.Tests.Silo.Lanes.LaneRows;

namespace Cluster.Tests.Silo.Lanes;

/// <summary>What the database itself refuses, whatever a stale or mistaken activation asks of it.</summary>
public sealed class LaneStoreTests
{
    [Fact]
    public async Task What_was_committed_is_read_back_as_it_was()
    {
        await using var database = await WithLane();
        var lane = await Commit(database, Fresh(await Lane(database), 1, 3, 1));

        Assert.Equal((4L, 1L, 3L, 2L), (lane.Next, lane.NextBatch, lane.Progress.InFlight, lane.Version));
        var open = Assert.Single(await new BatchStore(database.Open()).ListOpen("drop", 0, default));
        Assert.Equal((0L, 1L, 3L, BatchStatus.Signed, 30UL), (open.Batch, open.First, open.Last, open.Status, open.Amount));
        var unsettled = Assert.Single(await new BatchStore(database.Open()).ListUnsettled("drop", 0, -1, 10, default));
        Assert.Equal([7, 7], unsettled.Transaction.Bytes.ToArray());
        Assert.Equal(open.Signature, unsettled.Transaction.Signature);
    }

    [Fact]
    public async Task What_a_lane_must_know_again_after_a_death_is_in_its_row()
    {
        await using var database = await WithLane();
        var before = await Lane(database);
        Assert.Equal((0UL, 0, (ulong?)null), (before.LandedSlot, before.Setbacks, before.FeePrice));

        var after = await Commit(database, new LaneChange(before with { LandedSlot = 1UL << 40, Setbacks = 3, FeePrice = ulong.MaxValue }));

        Assert.Equal((1UL << 40, 3, (ulong?)ulong.MaxValue), (after.LandedSlot, after.Setbacks, after.FeePrice));
    }

    [Fact]
    public async Task A_stale_activation_commits_nothing()
    {
        await using var database = await WithLane();
        var stale = await Lane(database);
        await Commit(database, Fresh(stale, 1, 3, 1));

        await Assert.ThrowsAsync<StaleVersionException>(() => Commit(database, Fresh(stale, 1, 2, 2)));

        Assert.Single(await new BatchStore(database.Open()).ListOpen("drop", 0, default));
    }

    [Fact]
    public async Task A_lane_never_goes_back_to_recipients_that_it_has_passed()
    {
        await using var database = await WithLane();
        var lane = await Commit(database, Fresh(await Lane(database), 1, 3, 1));

        await Assert.ThrowsAsync<StaleVersionException>(() => Commit(database, new LaneChange(lane with { Next = 2 })));
    }

    [Fact]
    public async Task Two_live_batches_for_one_recipient_are_refused()
    {
        await using var database = await WithLane();
        var lane = await Commit(database, Fresh(await Lane(database), 1, 3, 1));
        var twice = new LaneChange(lane) { Signed = [Batch(1, 1, 2, 2)], Transactions = [[7, 7]] };

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Commit(database, twice));

        Assert.Equal("campaign_batches_live", refusal.ConstraintName);
    }

    [Fact]
    public async Task A_batch_that_may_still_land_cannot_be_replaced()
    {
        await using var database = await WithLane();
        var lane = await Commit(database, Fresh(await Lane(database), 1, 3, 1));

        await Assert.ThrowsAsync<StaleVersionException>(() => Commit(database, new LaneChange(lane) { Replaced = [0] }));

        var expired = Batch(1, 3, 0, 1) with { Status = BatchStatus.Expired };
        lane = await Commit(database, new LaneChange(lane with { Progress = default }) { Settled = [expired] });
        await Commit(database, new LaneChange(lane) { Replaced = [0] });
        Assert.Empty(await new BatchStore(database.Open()).ListOpen("drop", 0, default));
    }

    [Fact]
    public async Task The_bytes_of_a_batch_go_when_its_outcome_is_final()
    {
        await using var database = await WithLane();
        var lane = await Commit(database, Fresh(await Lane(database), 1, 3, 1));
        lane = await Commit(database, new LaneChange(lane) { Settled = [Batch(1, 3, 0, 1) with { Status = BatchStatus.Confirmed, Slot = 5 }] });
        Assert.Equal(1, await database.Scalar<long>("select count(transaction) from campaign_batches"));

        await Commit(database, new LaneChange(lane) { Settled = [Batch(1, 3, 0, 1) with { Status = BatchStatus.Finalized, Slot = 5 }] });

        Assert.Equal(0, await database.Scalar<long>("select count(transaction) from campaign_batches"));
    }

    [Fact]
    public async Task A_recipient_fails_once_with_its_line_and_amount()
    {
        await using var database = await WithLane();
        var failure = new PaymentFailure(2, "somebody", "account frozen", null);
        var lane = await Commit(database, new LaneChange(await Lane(database)) { Failures = [failure] });

        var listed = Assert.Single(await new FailureStore(database.Open()).List("drop", null, 10, default)).Failure;
        Assert.Equal((102UL, "20", "account frozen", FailureStage.Payment), (listed.Line, listed.Amount, listed.Reason, listed.Stage));
        await Assert.ThrowsAsync<PostgresException>(() => Commit(database, new LaneChange(lane) { Failures = [failure] }));
    }
}
