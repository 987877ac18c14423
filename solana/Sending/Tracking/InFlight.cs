using System.Diagnostics.CodeAnalysis;

namespace Cluster.Solana;

/// <summary>
/// The transactions in flight, by signature. One lock guards the table and every transaction in it; nothing waits while
/// holding it.
/// </summary>
internal sealed class InFlight(Cadence cadence, SenderClock clock, Func<IOutcomeSink, OutcomeDelivery> createDelivery)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Signature, TrackedTransaction> _bySignature = [];
    private readonly Dictionary<IOutcomeSink, OutcomeDelivery> _deliveries = new(ReferenceEqualityComparer.Instance);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _bySignature.Count;
            }
        }
    }

    /// <summary>Adds a transaction; false, and reporting goes to the new sink, where it is in flight already.</summary>
    public bool TryAdd(
        SignedTransaction transaction,
        IOutcomeSink sink,
        SubmitOptions options,
        [NotNullWhen(true)] out TrackedTransaction? added)
    {
        lock (_gate)
        {
            if (TryRebind(transaction.Signature, sink))
            {
                added = null;
                return false;
            }

            added = new TrackedTransaction(transaction, options, Join(sink)) { Sending = !options.LookUpFirst };
            _bySignature.Add(transaction.Signature, added);
            return true;
        }
    }

    /// <summary>Makes a transaction in flight report to this sink; false where it is not in flight.</summary>
    public bool TryRebind(Signature signature, IOutcomeSink sink)
    {
        lock (_gate)
        {
            if (!_bySignature.TryGetValue(signature, out var tracked))
            {
                return false;
            }

            Leave(tracked.Delivery);
            tracked.Delivery = Join(sink);
            if (tracked.Reported is { } reported && !tracked.ReadingFee)
            {
                tracked.Delivery.Post([(tracked, reported)]);
            }

            return true;
        }
    }

    /// <summary>Finds what is due, given what is finalized, and marks it as under way.</summary>
    public DueWork CollectDue(FinalizedPoint finalized, int maxRecent, int maxHistory)
    {
        var due = new DueWork();
        var now = clock.Now;
        lock (_gate)
        {
            foreach (var tracked in _bySignature.Values)
            {
                CollectSend(tracked, finalized, now, due);
                CollectLookUp(tracked, finalized, now, due, maxRecent, maxHistory);
            }
        }

        return due;
    }

    /// <summary>Whether a queued transaction still needs to be sent; where not, it leaves the queue.</summary>
    public bool BeginSend(TrackedTransaction tracked)
    {
        lock (_gate)
        {
            tracked.Sending = tracked.Stage == TransactionStage.Unconfirmed;
            return tracked.Sending;
        }
    }

    /// <summary>Books what a send came to.</summary>
    public void BookSend(TrackedTransaction tracked, SendResult result)
    {
        lock (_gate)
        {
            var now = clock.Now;
            tracked.NextSend = now + cadence.AfterSend(result, tracked.Sends);
            if (tracked.Sends++ == 0)
            {
                tracked.FirstSent = now;
                tracked.NextLookUp = now + cadence.Slot;
            }

            if (result.Verdict == SendVerdict.Rejected)
            {
                tracked.LastRejection = result.Failure?.Reason;
            }
        }
    }

    /// <summary>Ends sends, whether or not they came to anything.</summary>
    public void EndSends(IReadOnlyList<TrackedTransaction> taken)
    {
        lock (_gate)
        {
            foreach (var tracked in taken)
            {
                tracked.Sending = false;
            }
        }
    }

    /// <summary>Books a look-up among the recent statuses.</summary>
    public List<(TrackedTransaction Transaction, TransactionOutcome Outcome)> BookRecent(
        IReadOnlyList<TrackedTransaction> asked, AtSlot<IReadOnlyList<SignatureStatus?>> reply) =>
        Book(asked, reply.Value, (tracked, _) => tracked.OnUnseenLately(reply.Slot));

    /// <summary>Books a look-up with history.</summary>
    public List<(TrackedTransaction Transaction, TransactionOutcome Outcome)> BookHistory(
        IReadOnlyList<TrackedTransaction> asked, IReadOnlyList<SignatureStatus?> statuses, HistoryView view) =>
        Book(asked, statuses, (tracked, outcomes) => tracked.OnUnknown(view, outcomes));

    /// <summary>Ends a look-up: those that it gave no answer for are asked again later.</summary>
    public void EndLookUp(IReadOnlyList<TrackedTransaction> asked, bool historyUnavailable)
    {
        lock (_gate)
        {
            foreach (var tracked in asked.Where(tracked => tracked.LookingUp))
            {
                tracked.LookingUp = false;
                tracked.NextLookUp = clock.Now + cadence.AfterFruitless(tracked.FruitlessLookUps++);
                if (historyUnavailable)
                {
                    tracked.OnHistoryUnavailable();
                }
            }
        }
    }

    /// <summary>Adds the fee to a settled outcome; returns who is to hear of it.</summary>
    public (OutcomeDelivery Delivery, TransactionOutcome Outcome) EndFee(TrackedTransaction tracked, ulong? feeLamports)
    {
        lock (_gate)
        {
            tracked.ReadingFee = false;
            return (tracked.Delivery, tracked.WithFee(feeLamports));
        }
    }

    /// <summary>Forgets the transactions whose final outcome has been taken; returns how many.</summary>
    public int Forget(OutcomeDelivery delivery, IReadOnlyList<(TrackedTransaction Transaction, TransactionOutcome Outcome)> taken)
    {
        var forgotten = 0;
        lock (_gate)
        {
            foreach (var (tracked, outcome) in taken)
            {
                if (outcome.IsFinal && tracked.Delivery == delivery && _bySignature.Remove(tracked.Transaction.Signature))
                {
                    Leave(delivery);
                    forgotten++;
                }
            }
        }

        return forgotten;
    }

    private static void CollectSend(TrackedTransaction tracked, FinalizedPoint finalized, TimeSpan now, DueWork due)
    {
        if (tracked is { Stage: TransactionStage.Unconfirmed, Sending: false } && now >= tracked.NextSend
            && finalized.Height <= tracked.Transaction.LastValidBlockHeight)
        {
            tracked.Sending = true;
            due.Sends.Add(tracked);
        }
    }

    private static void CollectLookUp(
        TrackedTransaction tracked, FinalizedPoint finalized, TimeSpan now, DueWork due, int maxRecent, int maxHistory)
    {
        if (tracked.LookingUp || now < tracked.NextLookUp)
        {
            return;
        }

        var list = tracked.Stage switch
        {
            TransactionStage.LookUpFirst => due.History,
            TransactionStage.Unconfirmed when finalized.Height > tracked.Transaction.LastValidBlockHeight => due.History,
            TransactionStage.Unconfirmed when tracked.Sends > 0 => due.Recent,
            TransactionStage.Landed when tracked.Suspect => due.History,
            TransactionStage.Landed when finalized.Slot >= tracked.LandedSlot => due.Recent,
            _ => null,
        };
        if (list is not null && list.Count < (list == due.Recent ? maxRecent : maxHistory))
        {
            tracked.LookingUp = true;
            list.Add(tracked);
        }
    }

    private List<(TrackedTransaction Transaction, TransactionOutcome Outcome)> Book(
        IReadOnlyList<TrackedTransaction> asked,
        IReadOnlyList<SignatureStatus?> statuses,
        Action<TrackedTransaction, List<TransactionOutcome>> onUnknown)
    {
        var all = new List<(TrackedTransaction, TransactionOutcome)>();
        var outcomes = new List<TransactionOutcome>(2);
        lock (_gate)
        {
            for (var i = 0; i < asked.Count; i++)
            {
                var tracked = asked[i];
                tracked.LookingUp = false;
                if (tracked.Stage == TransactionStage.Settled)
                {
                    continue;
                }

                if (statuses[i] is { } status)
                {
                    OnSeen(tracked, status, outcomes);
                }
                else
                {
                    onUnknown(tracked, outcomes);
                }

                tracked.NextLookUp = clock.Now + UntilLookUp(tracked);
                all.AddRange(outcomes.Select(outcome => (tracked, outcome)));
                outcomes.Clear();
            }
        }

        return all;
    }

    private void OnSeen(TrackedTransaction tracked, SignatureStatus status, List<TransactionOutcome> outcomes)
    {
        tracked.OnSeen(status, outcomes);
        if (tracked.Stage == TransactionStage.Unconfirmed)
        {
            tracked.NextSend = clock.Now + cadence.AfterSend(SendResult.Accepted, tracked.Sends);
        }
    }

    private TimeSpan UntilLookUp(TrackedTransaction tracked)
    {
        if (tracked.FruitlessLookUps > 0)
        {
            return cadence.AfterFruitless(tracked.FruitlessLookUps);
        }

        if (tracked.Suspect)
        {
            return TimeSpan.Zero;
        }

        return tracked.Stage == TransactionStage.Landed ? cadence.Slot : cadence.AfterLookUp(clock.Now - tracked.FirstSent);
    }

    private OutcomeDelivery Join(IOutcomeSink sink)
    {
        if (!_deliveries.TryGetValue(sink, out var delivery))
        {
            delivery = createDelivery(sink);
            _deliveries.Add(sink, delivery);
        }

        delivery.Tracked++;
        return delivery;
    }

    private void Leave(OutcomeDelivery delivery)
    {
        if (--delivery.Tracked == 0)
        {
            _deliveries.Remove(delivery.Sink);
        }
    }
}
