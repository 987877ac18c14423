using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;
using static Cluster.Tests.Silo.Lanes.LaneRows;

namespace Cluster.Tests.Silo.Lanes;

/// <summary>Turns that fail around their commit: what they committed is sent, what they did not is not.</summary>
public sealed class LaneEntriesTests : IAsyncLifetime
{
    private readonly Outbox _sender = new();
    private TestDatabase _database = null!;
    private LaneDesk _desk = null!;
    private LaneRecord _lane = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await WithLane();
        _lane = await Lane(_database);
        _desk = new LaneDesk(LaneView.Of(new LaneBook(_lane, [])));
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Batches_that_a_turn_committed_are_sent_at_once_and_not_taken_up_again()
    {
        using var entries = Entries(Commit);
        await entries.TakeUp(default);

        Assert.True(await entries.Submit(Plan(), default));
        await entries.TakeUp(default);

        Assert.Equal(SubmitOptions.Fresh, Assert.Single(_sender.Submissions).Options);
    }

    [Fact]
    public async Task Batches_whose_turn_committed_and_whose_answer_was_lost_are_taken_up()
    {
        using var entries = Entries(async pending =>
        {
            await Commit(pending);
            throw new ClusterException(StatusCode.Unavailable, "the answer was lost");
        });
        await entries.TakeUp(default);

        await Assert.ThrowsAsync<ClusterException>(() => entries.Submit(Plan(), default));
        Assert.Empty(_sender.Submissions);
        await entries.TakeUp(default);

        var (signatures, options) = Assert.Single(_sender.Submissions);
        Assert.Equal((Plan().Batches[0].Signature, true), (Assert.Single(signatures), options.LookUpFirst));
    }

    [Fact]
    public async Task Batches_left_by_a_turn_that_committed_after_its_pump_had_given_it_up_are_found_when_the_lane_is_quiet()
    {
        PendingStep? late = null;
        using var entries = Entries(pending =>
        {
            late = pending;
            throw new ClusterException(StatusCode.DeadlineExceeded, "the turn took too long");
        });
        await entries.TakeUp(default);
        await Assert.ThrowsAsync<ClusterException>(() => entries.Submit(Plan(), default));
        await entries.TakeUp(default);
        Assert.Empty(_sender.Submissions);

        await Commit(late!);
        await entries.TakeUp(default);
        Assert.Empty(_sender.Submissions);
        await entries.TakeUpAgain(default);

        Assert.True(Assert.Single(_sender.Submissions).Options.LookUpFirst);
    }

    [Fact]
    public async Task A_plan_that_another_turn_has_overtaken_is_not_sent()
    {
        using var entries = Entries(_ => Task.CompletedTask);

        Assert.False(await entries.Submit(Plan(), default));

        Assert.Empty(_sender.Submissions);
    }

    [Fact]
    public async Task What_the_sender_did_not_take_in_is_handed_over_again()
    {
        using var entries = Entries(Commit);
        await entries.TakeUp(default);
        _sender.IsFull = true;
        await Assert.ThrowsAsync<OperationCanceledException>(() => entries.Submit(Plan(), default));

        _sender.IsFull = false;
        await entries.TakeUp(default);

        Assert.True(Assert.Single(_sender.Submissions).Options.LookUpFirst);
    }

    private static LanePlan Plan() => new()
    {
        First = 1,
        Next = 4,
        Failures = [],
        Batches =
        [
            new PlannedBatch
            {
                First = 1,
                Last = 3,
                Attempts = 1,
                Signature = Batch(1, 3, 0, 1).Signature,
                Transaction = [7, 7],
                LastValidBlockHeight = 150,
                Amount = 30,
                Fee = 5_000,
                Rent = 0,
            },
        ],
    };

    private async Task Commit(PendingStep pending)
    {
        var plan = Assert.IsType<LaneStep.Planned>(pending.Step).Plan;
        await LaneRows.Commit(_database, new LaneBook(_lane, []).Enter(plan));
        pending.IsEntered = true;
    }

    private LaneEntries Entries(Func<PendingStep, Task> turn)
    {
        var campaign = new CampaignRecord
        {
            CampaignId = "drop",
            Name = "",
            WalletId = "source",
            Mint = null,
            TokenProgram = null,
            Decimals = 9,
            State = CampaignState.Running,
            Duplicates = DuplicatePolicy.DuplicatesKeep,
            OffCurve = OffCurvePolicy.OffCurveAllow,
            Lanes = 1,
            CreatedAt = default,
        };
        var database = _database.Open();
        var parts = new LanePumpParts(
            new CampaignStore(database),
            new BatchStore(database),
            new RecipientStore(database),
            new(database),
            payees: null!,
            counter: null!,
            assets: null!,
            mints: null!,
            rpc: null!,
            _sender,
            Options.Create(new LaneOptions()),
            TimeProvider.System,
            NullLogger<LanePump>.Instance);
        return new LaneEntries(
            new LaneContext("drop/0", campaign, default, new PayoutAsset(null, 890_880)), _desk, new Turns(_desk, turn), parts);
    }

    /// <summary>The lane's grain: each call to it is a turn that takes the step which waits.</summary>
    private sealed class Turns(LaneDesk desk, Func<PendingStep, Task> turn) : IGrains
    {
        public async Task<TReply> Call<TReply>(IMessage request, Call call)
            where TReply : class, IMessage
        {
            await turn(desk.Take()!);
            return (TReply)(IMessage)new AdvanceLaneReply();
        }
    }

    private sealed class Outbox : ITransactionSender
    {
        public List<(IReadOnlyList<Signature> Signatures, SubmitOptions Options)> Submissions { get; } = [];

        public bool IsFull { get; set; }

        public ValueTask<RecentBlockhash> GetRecentBlockhash(CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<ulong> GetPriorityFee(ReadOnlyMemory<PublicKey> writable, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask Submit(IReadOnlyList<SignedTransaction> transactions, IOutcomeSink sink, SubmitOptions options, CancellationToken ct)
        {
            if (IsFull)
            {
                throw new OperationCanceledException("waited for room");
            }

            Submissions.Add(([.. transactions.Select(transaction => transaction.Signature)], options));
            return ValueTask.CompletedTask;
        }
    }
}
