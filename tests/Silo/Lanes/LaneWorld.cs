using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;
using TransactionOutcome = Cluster.V1.TransactionOutcome;

namespace Cluster.Tests.Silo.Lanes;

/// <summary>
/// A lane, its database and a ledger in memory, driven by numbers: each picks the next thing that happens. The ledger
/// does what it may, outcomes come late, twice and out of order, and the process dies before and after any commit.
/// </summary>
internal sealed class LaneWorld
{
    private const int Recipients = 12;

    private readonly Dictionary<long, BatchRecord> _rows = [];
    private readonly Dictionary<Signature, LedgerEntry> _ledger = [];
    private readonly List<TransactionOutcome> _told = [];
    private readonly HashSet<long> _poison;
    private readonly HashSet<long> _failures = [];
    private LaneRecord _lane;
    private LaneBook _book;
    private int _signatures;

    public LaneWorld(IEnumerable<int> poison)
    {
        _poison = [.. poison.Select(choice => 1L + (Math.Abs((long)choice) % Recipients))];
        _lane = new LaneRecord
        {
            CampaignId = "drop",
            Lane = 0,
            WalletId = "drop/0",
            State = LaneState.LanePaying,
            First = 1,
            Last = Recipients,
            Next = 1,
        };
        _book = new LaneBook(_lane, []);
    }

    private enum Fate
    {
        Pending,
        Confirmed,
        Finalized,
        Failed,
        Expired,
    }

    /// <summary>One thing happens.</summary>
    public void Do(int choice)
    {
        var what = Math.Abs((long)choice);
        var detail = (int)(what / 16 % 1_000_000);
        switch (what % 16)
        {
            case 0 or 1 or 2:
                PlanFresh(detail, dies: false, commits: true);
                break;
            case 3:
                PlanFresh(detail, dies: true, commits: detail % 2 == 0);
                break;
            case 4 or 5:
                Repair(dies: false, commits: true);
                break;
            case 6:
                Repair(dies: true, commits: detail % 2 == 0);
                break;
            case 7 or 8 or 9:
                LedgerMoves(detail);
                break;
            case 10 or 11 or 12:
                Tell(detail, dies: false, commits: true);
                break;
            case 13:
                Tell(detail, dies: true, commits: detail % 2 == 0);
                break;
            case 14:
                Restart();
                break;
            default:
                LedgerFailsForFunds(detail);
                break;
        }

        Require();
    }

    /// <summary>From here on the ledger and the network behave, until all is settled.</summary>
    public void Finish()
    {
        for (var round = 0; round < 200 && !_book.IsSettled; round++)
        {
            PlanFresh(round, dies: false, commits: true);
            foreach (var (signature, entry) in _ledger.ToArray())
            {
                if (entry.Fate is Fate.Pending or Fate.Confirmed)
                {
                    Move(signature, entry, IsPoisoned(entry) ? Fate.Failed : Fate.Finalized);
                }
            }

            foreach (var outcome in _told.ToArray())
            {
                Settle([outcome], dies: false, commits: true);
            }

            Repair(dies: false, commits: true);
            Require();
        }

        RequireEveryRecipientOnce();
    }

    private void PlanFresh(int detail, bool dies, bool commits)
    {
        if (_book.Lane.Next > _book.Lane.Last)
        {
            return;
        }

        var first = _book.Lane.Next;
        var last = Math.Min(first + (detail % 5), _book.Lane.Last);
        var failsUpFront = detail % 7 == 0 && _poison.Contains(first);
        Enter(
            new LanePlan
            {
                First = first,
                Next = (failsUpFront ? first : last) + 1,
                Batches = failsUpFront ? [] : [NewBatch(first, last, 1)],
                Failures = failsUpFront ? [Failure(first)] : [],
            },
            dies,
            commits);
    }

    private void Repair(bool dies, bool commits)
    {
        var broken = _book.Broken(2);
        if (broken.Count == 0)
        {
            return;
        }

        var batches = new List<PlannedBatch>();
        var failures = new List<PaymentFailure>();
        foreach (var batch in broken)
        {
            var middle = batch.First + (batch.Count / 2);
            if (batch.Status != BatchStatus.Rejected)
            {
                batches.Add(NewBatch(batch.First, batch.Last, batch.Attempts + 1));
            }
            else if (batch.Count == 1)
            {
                failures.Add(Failure(batch.First));
            }
            else
            {
                batches.Add(NewBatch(batch.First, middle - 1, batch.Attempts + 1));
                batches.Add(NewBatch(middle, batch.Last, batch.Attempts + 1));
            }
        }

        Enter(
            new LanePlan { Replaced = [.. broken.Select(batch => batch.Batch)], Batches = batches, Failures = failures },
            dies,
            commits);
    }

    private void Enter(LanePlan plan, bool dies, bool commits)
    {
        Assert(_book.IsCurrent(plan), "a plan made now is current");
        Carry(_book.Enter(plan), dies, commits);
        if (commits)
        {
            // Sent at the earliest after its commit; after a death the next process sends what it finds.
            foreach (var batch in plan.Batches)
            {
                _ledger.Add(batch.Signature, new LedgerEntry(batch.First, batch.Last, Fate.Pending));
            }
        }
    }

    private void Tell(int detail, bool dies, bool commits)
    {
        if (_told.Count > 0)
        {
            // Any outcome ever told, again and in any order, two at a time.
            Settle([_told[detail % _told.Count], _told[detail / 7 % _told.Count]], dies, commits);
        }
    }

    private void Settle(IReadOnlyList<TransactionOutcome> outcomes, bool dies, bool commits)
    {
        var change = _book.Settle(outcomes);
        if (change.Settled.Count > 0)
        {
            Carry(change, dies, commits);
        }
    }

    private void Carry(LaneChange change, bool dies, bool commits)
    {
        if (commits)
        {
            Commit(change);
        }

        if (dies || !commits)
        {
            Restart();
        }
        else
        {
            _book.Apply(change);
        }
    }

    /// <summary>What the statements of <see cref="LaneChange.AddTo"/> do, with the checks of the schema.</summary>
    private void Commit(LaneChange change)
    {
        Assert(change.Lane.Version == _lane.Version && change.Lane.Next >= _lane.Next, "the version guards the lane");
        _lane = change.Lane with { Version = change.Lane.Version + 1 };
        foreach (var batch in change.Settled)
        {
            _rows[batch.Batch] = batch;
        }

        foreach (var number in change.Replaced)
        {
            Assert(_rows[number].IsBroken, "only what can never pay is replaced");
            _rows[number] = _rows[number] with { Status = BatchStatus.Replaced };
        }

        foreach (var batch in change.Signed)
        {
            _rows.Add(batch.Batch, batch);
        }

        foreach (var failure in change.Failures)
        {
            Assert(_failures.Add(failure.Sequence), "a recipient fails once");
        }
    }

    private void Restart() => _book = new LaneBook(
        _lane, _rows.Values.Where(row => row.Status is not (BatchStatus.Finalized or BatchStatus.Replaced)));

    private void LedgerMoves(int detail)
    {
        var open = _ledger.Where(pair => pair.Value.Fate is Fate.Pending or Fate.Confirmed).ToArray();
        if (open.Length == 0)
        {
            return;
        }

        var (signature, entry) = open[detail % open.Length];
        var fates = (entry.Fate, IsPoisoned(entry)) switch
        {
            (Fate.Pending, true) => new[] { Fate.Failed, Fate.Expired },
            (Fate.Pending, false) => [Fate.Confirmed, Fate.Confirmed, Fate.Finalized, Fate.Expired],
            _ => [Fate.Finalized, Fate.Pending],
        };
        Move(signature, entry, fates[detail / 31 % fates.Length]);
    }

    private void LedgerFailsForFunds(int detail)
    {
        var open = _ledger.Where(pair => pair.Value.Fate == Fate.Pending).ToArray();
        if (open.Length > 0)
        {
            var (signature, entry) = open[detail % open.Length];
            Move(signature, entry, Fate.Failed, lackedFunds: true);
        }
    }

    private void Move(Signature signature, LedgerEntry entry, Fate fate, bool lackedFunds = false)
    {
        _ledger[signature] = entry with { Fate = fate };
        _told.Add(new TransactionOutcome
        {
            Signature = ByteString.CopyFrom(signature.AsSpan()),
            Outcome = fate switch
            {
                Fate.Pending => Outcome.Dropped,
                Fate.Confirmed => Outcome.Confirmed,
                Fate.Finalized => Outcome.Finalized,
                Fate.Failed => Outcome.Failed,
                _ => Outcome.Expired,
            },
            Error = fate == Fate.Failed ? "account frozen" : "",
            PayerLackedFunds = lackedFunds,
        });
    }

    private void Require()
    {
        for (var recipient = 1L; recipient <= Recipients; recipient++)
        {
            var mayPay = _ledger.Values.Count(entry => entry.Covers(recipient) && entry.Fate is not (Fate.Failed or Fate.Expired));
            Assert(mayPay + (_failures.Contains(recipient) ? 1 : 0) <= 1, $"recipient {recipient} can be paid by {mayPay} transactions");
            var covering = _rows.Values.Count(row => row.Status != BatchStatus.Replaced && row.First <= recipient && recipient <= row.Last);
            var reached = recipient < _lane.Next ? 1 : 0;
            Assert(covering + (_failures.Contains(recipient) ? 1 : 0) == reached, $"recipient {recipient} is covered {covering} times");
        }

        var progress = _lane.Progress;
        Assert(progress.Paid == CountIn(BatchStatus.Confirmed, BatchStatus.Finalized), "paid is counted");
        Assert(progress.Finalized == CountIn(BatchStatus.Finalized), "finalized is counted");
        Assert(progress.InFlight == CountIn(BatchStatus.Signed), "in flight is counted");
        Assert(progress.Failed == _failures.Count, "failed is counted");
        Assert(_book.InFlight == _rows.Values.Count(row => row.Status is BatchStatus.Signed or BatchStatus.Confirmed), "the book knows what is on its way");
    }

    private void RequireEveryRecipientOnce()
    {
        Assert(_book.IsSettled, "all is settled");
        for (var recipient = 1L; recipient <= Recipients; recipient++)
        {
            var paid = _ledger.Values.Count(entry => entry.Covers(recipient) && entry.Fate == Fate.Finalized);
            Assert(paid == (_poison.Contains(recipient) ? 0 : 1), $"recipient {recipient} was paid {paid} times");
            Assert(_failures.Contains(recipient) == _poison.Contains(recipient), $"recipient {recipient} failed or not");
        }
    }

    private long CountIn(params BatchStatus[] statuses) =>
        _rows.Values.Where(row => statuses.Contains(row.Status)).Sum(row => (long)row.Count);

    private bool IsPoisoned(LedgerEntry entry) => _poison.Any(entry.Covers);

    private PlannedBatch NewBatch(long first, long last, int attempts)
    {
        var signature = new byte[Signature.Size];
        BitConverter.TryWriteBytes(signature, ++_signatures);
        return new PlannedBatch
        {
            First = first,
            Last = last,
            Attempts = attempts,
            Signature = Signature.FromBytes(signature),
            Transaction = [1],
            LastValidBlockHeight = 1,
            Amount = (ulong)(last - first + 1),
            Fee = 5_000,
            Rent = 0,
        };
    }

    private static PaymentFailure Failure(long sequence) => new(sequence, $"recipient {sequence}", "account frozen", null);

    private static void Assert(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"It does not hold that {what}.");
        }
    }

    private sealed record LedgerEntry(long First, long Last, Fate Fate)
    {
        public bool Covers(long recipient) => First <= recipient && recipient <= Last;
    }
}
