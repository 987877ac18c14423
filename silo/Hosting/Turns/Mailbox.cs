namespace Cluster.Silo.Hosting.Turns;

/// <summary>
/// Decides which turn of a grain may run: one exclusive turn, or any number of shared (read-only) ones, in order of
/// arrival. A waiting exclusive turn holds back the shared ones that came after it.
/// </summary>
/// <remarks>
/// An idle grain is entered and left with one interlocked operation each and no lock. Everything that waits is in a
/// list under a lock, and while anything waits nothing overtakes it: <see cref="Waiting"/> shuts the fast way.
/// A mailbox is open while its grain is activated. Closed, the next turn is given the grain exclusively, whatever its
/// kind, because it has to activate it first.
/// </remarks>
/// <param name="bound">How many turns may wait, at least one.</param>
internal sealed class Mailbox(int bound)
{
    private const int Open = 1;
    private const int Held = 2;
    private const int Waiting = 4;
    private const int Retired = 8;
    private const int Flags = 15;
    private const int Sharer = 16;

    private readonly Lock _gate = new();
    private MailboxItem? _first;
    private MailboxItem? _last;
    private int _count;
    private int _state;

    /// <summary>How many turns wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a turn runs or waits.</summary>
    public bool IsBusy => (Volatile.Read(ref _state) & ~(Open | Retired)) != 0;

    /// <summary>Enters at once where the mailbox is open, nothing waits and nothing runs that must not be overlapped.</summary>
    public bool TryEnter(bool exclusive)
    {
        if (exclusive)
        {
            return Interlocked.CompareExchange(ref _state, Open | Held, Open) == Open;
        }

        for (var state = Volatile.Read(ref _state); (state & Flags) == Open;)
        {
            var seen = Interlocked.CompareExchange(ref _state, state + Sharer, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }

        return false;
    }

    /// <summary>Ends a turn.</summary>
    /// <returns>Whether a waiting turn may start now: call <see cref="TakeNext"/>.</returns>
    public bool Leave(bool exclusive)
    {
        if (exclusive)
        {
            if (Interlocked.CompareExchange(ref _state, Open, Open | Held) == (Open | Held))
            {
                return false;
            }

            lock (_gate)
            {
                Interlocked.And(ref _state, ~Held);
                return FirstMayStart();
            }
        }

        var left = Interlocked.Add(ref _state, -Sharer);
        if ((left & Waiting) == 0 || left >= Sharer)
        {
            return false;
        }

        lock (_gate)
        {
            return FirstMayStart();
        }
    }

    /// <summary>Puts a turn at the end.</summary>
    /// <param name="item">Waits nowhere yet.</param>
    /// <param name="unbounded">Whether it is taken even into a full mailbox.</param>
    public Posted Post(MailboxItem item, bool unbounded = false)
    {
        lock (_gate)
        {
            if ((_state & Retired) != 0)
            {
                return Posted.Retired;
            }

            if (_count >= bound && !unbounded)
            {
                return Posted.Full;
            }

            Link(item, after: _last);
            return FirstMayStart() ? Posted.MayStart : Posted.Waits;
        }
    }

    /// <summary>Shuts the fast way and puts a turn before all others: it runs as soon as those that run now have left.</summary>
    /// <returns>Whether it may start now. False too where the mailbox is retired.</returns>
    public bool CloseWith(MailboxItem item)
    {
        lock (_gate)
        {
            if ((_state & Retired) != 0)
            {
                return false;
            }

            Interlocked.And(ref _state, ~Open);
            Link(item, after: null);
            return FirstMayStart();
        }
    }

    /// <summary>Takes the first turn out where it may start, and enters for it; <see cref="MailboxItem.Holds"/> says how.</summary>
    public MailboxItem? TakeNext()
    {
        lock (_gate)
        {
            if (!FirstMayStart())
            {
                return null;
            }

            var item = _first!;
            Detach(item);
            item.Holds = item.Exclusive || (_state & Open) == 0 ? Hold.Exclusive : Hold.Shared;

            // One step: nothing may slip in between the entry and the end of the waiting.
            int state, next;
            do
            {
                state = Volatile.Read(ref _state);
                next = item.Holds == Hold.Exclusive ? state | Held : state + Sharer;
                next = _first is null ? next & ~Waiting : next;
            }
            while (Interlocked.CompareExchange(ref _state, next, state) != state);

            return item;
        }
    }

    /// <summary>Takes a waiting turn out.</summary>
    /// <param name="item">The turn.</param>
    /// <param name="mayStart">Whether the turn that waits first may start now.</param>
    /// <returns>False where it does not wait any more.</returns>
    public bool Remove(MailboxItem item, out bool mayStart)
    {
        lock (_gate)
        {
            if (!item.Linked)
            {
                mayStart = false;
                return false;
            }

            Unlink(item);
            mayStart = FirstMayStart();
            return true;
        }
    }

    /// <summary>Takes all waiting turns out.</summary>
    public List<MailboxItem> Clear()
    {
        var items = new List<MailboxItem>();
        lock (_gate)
        {
            while (_first is { } item)
            {
                Unlink(item);
                items.Add(item);
            }
        }

        return items;
    }

    /// <summary>What waits now, in order.</summary>
    public List<MailboxItem> Snapshot()
    {
        var items = new List<MailboxItem>();
        lock (_gate)
        {
            for (var item = _first; item is not null; item = item.Next)
            {
                items.Add(item);
            }
        }

        return items;
    }

    /// <summary>The grain is activated. To be called by whoever holds it exclusively.</summary>
    public void Opened() => Interlocked.Or(ref _state, Open);

    /// <summary>The grain is about to be deactivated. To be called by whoever holds it exclusively.</summary>
    public void Closed() => Interlocked.And(ref _state, ~Open);

    /// <summary>Lets other shared turns in beside one that had to enter exclusively.</summary>
    /// <returns>Whether a waiting turn may start now.</returns>
    public bool Share()
    {
        lock (_gate)
        {
            Interlocked.Add(ref _state, Sharer - Held);
            return FirstMayStart();
        }
    }

    /// <summary>Ends the mailbox where nothing waits. To be called by whoever holds it exclusively, closed.</summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            return Interlocked.CompareExchange(ref _state, Retired, Held) == Held;
        }
    }

    /// <summary>Ends the mailbox of a grain that is not activated, and that nothing runs on or waits for.</summary>
    public bool TryRetireUnused()
    {
        lock (_gate)
        {
            return Interlocked.CompareExchange(ref _state, Retired, 0) == 0;
        }
    }

    private bool FirstMayStart()
    {
        var state = Volatile.Read(ref _state);
        return _first is { } first
            && (state & Held) == 0
            && (state < Sharer || (!first.Exclusive && (state & Open) != 0));
    }

    private void Link(MailboxItem item, MailboxItem? after)
    {
        item.Previous = after;
        item.Next = after is null ? _first : after.Next;
        (item.Previous is null ? ref _first : ref item.Previous.Next) = item;
        (item.Next is null ? ref _last : ref item.Next.Previous) = item;
        item.Linked = true;
        _count++;
        Interlocked.Or(ref _state, Waiting);
    }

    private void Unlink(MailboxItem item)
    {
        Detach(item);
        if (_first is null)
        {
            Interlocked.And(ref _state, ~Waiting);
        }
    }

    private void Detach(MailboxItem item)
    {
        (item.Previous is null ? ref _first : ref item.Previous.Next) = item.Next;
        (item.Next is null ? ref _last : ref item.Next.Previous) = item.Previous;
        item.Previous = item.Next = null;
        item.Linked = false;
        _count--;
    }
}
