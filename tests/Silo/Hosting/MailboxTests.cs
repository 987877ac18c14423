using Cluster.Silo.Hosting.Turns;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>The mailbox against a model of it that a child could check: two lists and a flag.</summary>
public sealed class MailboxTests
{
    private const int Bound = 4;

    [Fact]
    public void Any_sequence_of_steps_goes_as_in_the_model()
    {
        var steps = Gen.Elements(Enum.GetValues<Step>()).Select(step => step).ListOf().Select(list => list.ToArray());
        var property = Prop.ForAll(Arb.From(steps), sequence =>
        {
            var run = new Run();
            return sequence.All(run.Take);
        });
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(3_000).WithEndSize(200), property);
    }

    [Fact]
    public async Task Many_threads_hold_it_one_at_a_time_or_all_as_readers_and_none_is_forgotten()
    {
        const int Threads = 8, TurnsEach = 5_000;
        var mailbox = new Mailbox(int.MaxValue);
        mailbox.Opened();
        var (exclusive, shared, ran) = (0, 0, 0);
        var all = new TaskCompletionSource();

        void RunTurn(bool alone)
        {
            if (alone)
            {
                Assert.Equal(1, Interlocked.Increment(ref exclusive));
                Assert.Equal(0, Volatile.Read(ref shared));
                Interlocked.Decrement(ref exclusive);
            }
            else
            {
                Interlocked.Increment(ref shared);
                Assert.Equal(0, Volatile.Read(ref exclusive));
                Interlocked.Decrement(ref shared);
            }

            if (Interlocked.Increment(ref ran) == Threads * TurnsEach)
            {
                all.SetResult();
            }
        }

        void Serve()
        {
            while (mailbox.TakeNext() is { } item)
            {
                RunTurn(item.Exclusive);
                mailbox.Leave(item.Exclusive);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var turn = 0; turn < TurnsEach; turn++)
            {
                var alone = random.Next(3) == 0;
                if (random.Next(4) != 0 && mailbox.TryEnter(alone))
                {
                    RunTurn(alone);
                    if (mailbox.Leave(alone))
                    {
                        Serve();
                    }
                }
                else if (mailbox.Post(new Item(alone)) == Posted.MayStart)
                {
                    Serve();
                }
            }
        })));

        // Whoever left last was told that something may start: nothing is left behind.
        await all.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, mailbox.Count);
        Assert.False(mailbox.IsBusy);
    }

    [Fact]
    public void A_retired_mailbox_takes_nothing_and_lets_nobody_in()
    {
        var mailbox = new Mailbox(Bound);
        Assert.Equal(Posted.MayStart, mailbox.Post(new Item(true)));
        mailbox.TakeNext();

        Assert.True(mailbox.TryRetire());
        Assert.Equal(Posted.Retired, mailbox.Post(new Item(true)));
        Assert.False(mailbox.CloseWith(new Item(true)));
        Assert.False(mailbox.TryEnter(exclusive: true));
        Assert.False(mailbox.TryEnter(exclusive: false));
    }

    [Fact]
    public void A_mailbox_in_which_something_waits_does_not_retire()
    {
        var mailbox = new Mailbox(Bound);
        mailbox.Post(new Item(true));
        mailbox.TakeNext();
        mailbox.Post(new Item(true));
        Assert.False(mailbox.TryRetire());
    }

    public enum Step
    {
        EnterAlone,
        EnterShared,
        PostAlone,
        PostShared,
        PostUnbounded,
        TakeNext,
        LeaveOldest,
        RemoveSomewhere,
        Close,
        OpenWhereHeld,
        ShareWhereHeld,
    }

    private sealed class Item(bool exclusive) : MailboxItem(exclusive);

    /// <summary>A mailbox and its model, step by step.</summary>
    private sealed class Run
    {
        private readonly Mailbox _mailbox = new(Bound);
        private readonly List<Item> _waiting = [];
        private readonly List<bool> _inside = [];
        private bool _open;
        private int _steps;

        public bool Take(Step step)
        {
            _steps++;
            return Agrees(step) && _mailbox.Count == _waiting.Count && _mailbox.IsBusy == (_waiting.Count + _inside.Count > 0);
        }

        private bool HeldAlone => _inside.Contains(true);

        private bool FirstMayStart =>
            _waiting.Count > 0 && !HeldAlone && (_inside.Count == 0 || (!_waiting[0].Exclusive && _open));

        private bool Agrees(Step step) => step switch
        {
            Step.EnterAlone => Enter(alone: true, expected: _open && _waiting.Count == 0 && _inside.Count == 0),
            Step.EnterShared => Enter(alone: false, expected: _open && _waiting.Count == 0 && !HeldAlone),
            Step.PostAlone => Post(new Item(true), unbounded: false),
            Step.PostShared => Post(new Item(false), unbounded: false),
            Step.PostUnbounded => Post(new Item(true), unbounded: true),
            Step.TakeNext => TakeNext(),
            Step.LeaveOldest => Leave(),
            Step.RemoveSomewhere => Remove(),
            Step.Close => Close(),
            Step.OpenWhereHeld => Open(),
            _ => Share(),
        };

        private bool Enter(bool alone, bool expected)
        {
            if (expected)
            {
                _inside.Add(alone);
            }

            return _mailbox.TryEnter(alone) == expected;
        }

        private bool Post(Item item, bool unbounded)
        {
            if (_waiting.Count >= Bound && !unbounded)
            {
                return _mailbox.Post(item, unbounded) == Posted.Full;
            }

            _waiting.Add(item);
            return _mailbox.Post(item, unbounded) == (FirstMayStart ? Posted.MayStart : Posted.Waits);
        }

        private bool TakeNext()
        {
            if (!FirstMayStart)
            {
                return _mailbox.TakeNext() is null;
            }

            var first = _waiting[0];
            _waiting.RemoveAt(0);
            var alone = first.Exclusive || !_open;
            _inside.Add(alone);
            return _mailbox.TakeNext() == first && first.Holds == (alone ? Hold.Exclusive : Hold.Shared);
        }

        private bool Leave()
        {
            if (_inside.Count == 0)
            {
                return true;
            }

            var alone = _inside[0];
            _inside.RemoveAt(0);

            // Readers that remain inside start nothing: whoever may run beside them was let in when it came.
            return _mailbox.Leave(alone) == (FirstMayStart && _inside.Count == 0);
        }

        private bool Remove()
        {
            if (_waiting.Count == 0)
            {
                return !_mailbox.Remove(new Item(true), out _);
            }

            var item = _waiting[_steps % _waiting.Count];
            _waiting.Remove(item);
            return _mailbox.Remove(item, out var mayStart) && mayStart == FirstMayStart;
        }

        private bool Close()
        {
            var last = new Item(true);
            _waiting.Insert(0, last);
            _open = false;
            return _mailbox.CloseWith(last) == FirstMayStart;
        }

        private bool Open()
        {
            if (HeldAlone)
            {
                _mailbox.Opened();
                _open = true;
            }

            return true;
        }

        private bool Share()
        {
            if (!HeldAlone || !_open)
            {
                return true;
            }

            _inside[_inside.IndexOf(true)] = false;
            return _mailbox.Share() == FirstMayStart;
        }
    }
}
