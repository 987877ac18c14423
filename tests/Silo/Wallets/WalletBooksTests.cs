using Cluster.Silo.Grains.Wallets;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Xunit;
using Outcome = Cluster.V1.Outcome;
using TransactionOutcome = Cluster.V1.TransactionOutcome;

namespace Cluster.Tests.Silo.Wallets;

public sealed class WalletBooksTests
{
    private const ulong Fee = 5_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly WalletBooks _books = new();

    [Fact]
    public void Nothing_is_known_before_the_chain_was_asked() => Assert.Null(_books.Available(null));

    [Fact]
    public void What_is_in_flight_is_not_available()
    {
        _books.Observe(null, new Snapshot(10, 100_000, Start));

        _books.Hold(Payment(1, 20_000));

        Assert.Equal(75_000UL, _books.Available(null));
        Assert.Equal(25_000UL, _books.Reserved(null));
    }

    [Fact]
    public void An_older_answer_of_the_chain_replaces_no_newer_one()
    {
        _books.Observe(null, new Snapshot(10, 100_000, Start));

        _books.Observe(null, new Snapshot(9, 900_000, Start.AddSeconds(1)));

        Assert.Equal(100_000UL, _books.Available(null));
    }

    [Fact]
    public void A_payment_that_the_chain_shows_before_the_sender_tells_is_not_counted_twice()
    {
        _books.Observe(null, new Snapshot(10, 100_000, Start));
        _books.Hold(Payment(1, 20_000));

        _books.Observe(null, new Snapshot(12, 75_000, Start.AddSeconds(1)));

        Assert.Equal(75_000UL, _books.Available(null));
    }

    [Fact]
    public void A_payment_dropped_by_a_fork_is_held_back_again()
    {
        _books.Observe(null, new Snapshot(10, 100_000, Start));
        _books.Hold(Payment(1, 20_000) with { Status = TransferStatus.Confirmed, Slot = 11 });
        _books.Observe(null, new Snapshot(12, 75_000, Start.AddSeconds(1)));

        _books.Hold(Payment(1, 20_000));
        _books.Observe(null, new Snapshot(13, 100_000, Start.AddSeconds(2)));

        Assert.Equal(75_000UL, _books.Available(null));
    }

    [Fact]
    public void A_failed_payment_took_its_fee_and_an_expired_one_nothing()
    {
        _books.Observe(null, new Snapshot(10, 100_000, Start));
        _books.Hold(Payment(1, 20_000));
        _books.Hold(Payment(2, 30_000));

        _books.Settle(Payment(1, 20_000) with { Status = TransferStatus.Failed, Slot = 11 });
        _books.Settle(Payment(2, 30_000) with { Status = TransferStatus.Expired });

        Assert.Equal(95_000UL, _books.Available(null));
        Assert.Empty(_books.Open);
    }

    [Fact]
    public void Money_that_somebody_else_took_is_seen_when_nothing_is_in_flight()
    {
        _books.Observe(null, new Snapshot(10, 100_000, Start));

        _books.Observe(null, new Snapshot(11, 40_000, Start.AddSeconds(1)));

        Assert.Equal(40_000UL, _books.Available(null));
    }

    [Fact]
    public void An_outcome_told_twice_or_of_a_stranger_changes_nothing()
    {
        _books.Hold(Payment(1, 20_000));
        var confirmed = Told(1, Outcome.Confirmed, 11);

        _books.Hold(Assert.Single(Settlement.Apply(_books, [confirmed], Start)));

        Assert.Empty(Settlement.Apply(_books, [confirmed, Told(9, Outcome.Finalized, 12), new TransactionOutcome()], Start));
    }

    [Fact]
    public void Of_many_outcomes_of_one_payment_the_last_before_the_end_counts()
    {
        _books.Hold(Payment(1, 20_000));

        var settled = Assert.Single(Settlement.Apply(
            _books,
            [
                Told(1, Outcome.Confirmed, 11), Told(1, Outcome.Dropped, 11), Told(1, Outcome.Confirmed, 13),
                Told(1, Outcome.Failed, 13, "instruction 2: insufficient funds"), Told(1, Outcome.Finalized, 14),
            ],
            Start));

        Assert.Equal((TransferStatus.Failed, 13UL, "instruction 2: insufficient funds", (DateTimeOffset?)Start), (settled.Status, settled.Slot, settled.Error, settled.SettledAt));
        Assert.True(settled.Transaction.IsEmpty);
    }

    /// <summary>
    /// A chain that takes payments when it likes, is seen late and told of late: whatever the books allow, the wallet on
    /// the chain never runs below zero, and when all is told the books say what the chain says.
    /// </summary>
    [Fact]
    public void The_books_never_allow_more_than_there_is() =>
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(500), Prop.ForAll<int>(seed => new Simulation(seed).Run()));

    private static TransferRecord Payment(int number, ulong amount) => new()
    {
        TransferId = Guid.CreateVersion7(Start),
        WalletId = "treasury",
        Kind = TransferKind.Transfer,
        Destination = default,
        Mint = null,
        Amount = amount,
        Memo = "",
        Status = TransferStatus.Pending,
        FeeLamports = Fee,
        RentLamports = 0,
        Transaction = new byte[] { 1 },
        Signature = SignatureOf(number),
        LastValidBlockHeight = 150,
        Slot = 0,
        Error = "",
        CreatedAt = Start,
        SettledAt = null,
    };

    private static Signature SignatureOf(int number)
    {
        var bytes = new byte[Signature.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return Signature.FromBytes(bytes);
    }

    private static TransactionOutcome Told(int number, Outcome outcome, ulong slot, string error = "") => new()
    {
        Signature = ByteString.CopyFrom(SignatureOf(number).AsSpan()),
        Outcome = outcome,
        Slot = slot,
        Error = error,
    };

    private sealed class Simulation(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly WalletBooks _books = new();
        private readonly List<(int Number, ulong Amount)> _flying = [];
        private readonly Queue<TransactionOutcome> _untold = [];
        private readonly List<ulong> _balances = [1_000_000];
        private int _signed;
        private int _seconds;

        public bool Run()
        {
            for (var step = 0; step < 200; step++)
            {
                Step();
                if (_books.Available(null) > _balances[^1])
                {
                    return false;
                }
            }

            while (_flying.Count > 0)
            {
                Land();
            }

            while (_untold.Count > 0)
            {
                Tell();
            }

            _books.Observe(null, new Snapshot((ulong)_balances.Count - 1, _balances[^1], Start.AddSeconds(_seconds)));
            return _books.Open.Count == 0 && _books.Available(null) == _balances[^1];
        }

        private void Step()
        {
            switch (_random.Next(5))
            {
                case 0 when _books.Available(null) is { } available && available > Fee:
                    var amount = (ulong)_random.NextInt64(1, (long)(available - Fee) + 1);
                    _books.Hold(Payment(++_signed, amount));
                    _flying.Add((_signed, amount));
                    break;
                case 1 when _flying.Count > 0:
                    Land();
                    break;
                case 2 when _untold.Count > 0:
                    Tell();
                    break;
                case 3:
                    var slot = _random.Next(_balances.Count);
                    _books.Observe(null, new Snapshot((ulong)slot, _balances[slot], Start.AddSeconds(_seconds)));
                    break;
                default:
                    _seconds += _random.Next(3);
                    _balances.Add(_balances[^1] + (_random.Next(4) == 0 ? (ulong)_random.Next(50_000) : 0));
                    break;
            }
        }

        private void Land()
        {
            var at = _random.Next(_flying.Count);
            var (number, amount) = _flying[at];
            _flying.RemoveAt(at);
            var slot = (ulong)_balances.Count;
            switch (_random.Next(4))
            {
                case 0:
                    _untold.Enqueue(Told(number, Outcome.Expired, slot));
                    break;
                case 1:
                    _balances.Add(checked(_balances[^1] - Fee));
                    _untold.Enqueue(Told(number, Outcome.Failed, slot, "custom program error"));
                    break;
                default:
                    _balances.Add(checked(_balances[^1] - amount - Fee));
                    _untold.Enqueue(Told(number, Outcome.Confirmed, slot));
                    _untold.Enqueue(Told(number, Outcome.Finalized, slot));
                    break;
            }
        }

        private void Tell()
        {
            foreach (var transfer in Settlement.Apply(_books, [_untold.Dequeue()], Start.AddSeconds(_seconds)))
            {
                if (transfer.IsOpen)
                {
                    _books.Hold(transfer);
                }
                else
                {
                    _books.Settle(transfer);
                }
            }
        }
    }
}
