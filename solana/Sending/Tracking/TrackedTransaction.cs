namespace Cluster.Solana;

/// <summary>Where a tracked transaction stands.</summary>
internal enum TransactionStage
{
    /// <summary>An earlier process may have sent it: nothing is sent before the history has been asked.</summary>
    LookUpFirst,

    /// <summary>Sent, or about to be; not yet confirmed.</summary>
    Unconfirmed,

    /// <summary>Confirmed, with or without an error; a fork can still drop it.</summary>
    Landed,

    /// <summary>Its fate is certain; only the sink must still hear of it.</summary>
    Settled,
}

/// <summary>
/// A transaction in flight: a state machine that learns from sends and look-ups and says what they amount to. It keeps no
/// clock and does no I/O; its callers hold the lock of <see cref="InFlight"/>.
/// </summary>
internal sealed class TrackedTransaction(SignedTransaction transaction, SubmitOptions options, OutcomeDelivery delivery)
{
    public SignedTransaction Transaction { get; } = transaction;

    public SubmitOptions Options { get; } = options;

    /// <summary>Who hears of it.</summary>
    public OutcomeDelivery Delivery { get; set; } = delivery;

    public TransactionStage Stage { get; private set; } =
        options.LookUpFirst ? TransactionStage.LookUpFirst : TransactionStage.Unconfirmed;

    /// <summary>Where it was confirmed; of meaning while <see cref="Stage"/> is Landed.</summary>
    public ulong LandedSlot { get; private set; }

    /// <summary>A node that should know it did not: its history must be asked.</summary>
    public bool Suspect { get; private set; }

    /// <summary>The last outcome that the sink was or is being told.</summary>
    public TransactionOutcome? Reported { get; private set; }

    /// <summary>The last reason for which a node refused it.</summary>
    public string? LastRejection { get; set; }

    /// <summary>How often it has been sent.</summary>
    public int Sends { get; set; }

    /// <summary>When it was first sent, on the sender's clock; zero while it has not been.</summary>
    public TimeSpan FirstSent { get; set; }

    /// <summary>Settled, and the fee is being read before the sink hears of it.</summary>
    public bool ReadingFee { get; set; }

    /// <summary>Look-ups in a row that gave no answer, or proved nothing.</summary>
    public int FruitlessLookUps { get; set; }

    /// <summary>When to send it next, on the sender's clock.</summary>
    public TimeSpan NextSend { get; set; }

    /// <summary>When to look it up next.</summary>
    public TimeSpan NextLookUp { get; set; }

    /// <summary>Whether it waits in the send queue or is being sent.</summary>
    public bool Sending { get; set; }

    /// <summary>Whether a look-up is under way.</summary>
    public bool LookingUp { get; set; }

    private bool IsConfirmedToSink => Reported?.Kind == OutcomeKind.Confirmed;

    /// <summary>A node knows it.</summary>
    public void OnSeen(SignatureStatus status, ICollection<TransactionOutcome> outcomes)
    {
        Suspect = false;
        FruitlessLookUps = 0;
        switch (status.Commitment)
        {
            case Commitment.Finalized:
                Stage = TransactionStage.Settled;
                ReadingFee = Options.ReadFee;
                var kind = status.Err is null ? OutcomeKind.Finalized : OutcomeKind.Failed;
                var error = status.Err?.In(Transaction.Bytes.Span);
                Report(new TransactionOutcome(Transaction.Signature, kind, status.Slot, error), outcomes);
                break;
            case Commitment.Confirmed:
                OnConfirmed(status, outcomes);
                break;
            default:
                // In one node's newest block: reason enough not to send it again at once, and for nothing else.
                Stage = Stage == TransactionStage.LookUpFirst ? TransactionStage.Unconfirmed : Stage;
                break;
        }
    }

    /// <summary>A node's recent statuses, as of <paramref name="contextSlot"/>, do not have it.</summary>
    public void OnUnseenLately(ulong contextSlot)
    {
        Suspect = Stage == TransactionStage.Landed && contextSlot >= LandedSlot;
        FruitlessLookUps = Suspect ? FruitlessLookUps : 0;
    }

    /// <summary>A node's recent statuses and its history do not have it.</summary>
    public void OnUnknown(HistoryView view, ICollection<TransactionOutcome> outcomes)
    {
        Suspect = false;
        FruitlessLookUps++;
        if (view.ProvesExpiry(Transaction.LastValidBlockHeight))
        {
            ReportDropped(outcomes);
            Stage = TransactionStage.Settled;
            Report(
                new TransactionOutcome(Transaction.Signature, OutcomeKind.Expired, view.ContextSlot, Detail: LastRejection),
                outcomes);
        }
        else if (Stage == TransactionStage.LookUpFirst || (Stage == TransactionStage.Landed && view.ContextSlot >= LandedSlot))
        {
            Stage = TransactionStage.Unconfirmed;
            FruitlessLookUps = 0;
            ReportDropped(outcomes);
        }
    }

    /// <summary>No node keeps a history to ask: sending the same bytes is harmless, proving expiry impossible.</summary>
    public void OnHistoryUnavailable() =>
        Stage = Stage == TransactionStage.LookUpFirst ? TransactionStage.Unconfirmed : Stage;

    /// <summary>The settled outcome with the fee that was read for it.</summary>
    public TransactionOutcome WithFee(ulong? feeLamports)
    {
        Reported = Reported!.Value with { FeeLamports = feeLamports };
        return Reported.Value;
    }

    private void OnConfirmed(SignatureStatus status, ICollection<TransactionOutcome> outcomes)
    {
        Stage = TransactionStage.Landed;
        LandedSlot = status.Slot;
        if (status.Err is not null)
        {
            // Not failed before it is finalized: another fork could still let it succeed. But no longer confirmed.
            ReportDropped(outcomes);
        }
        else if (!IsConfirmedToSink || Reported!.Value.Slot != status.Slot)
        {
            Report(new TransactionOutcome(Transaction.Signature, OutcomeKind.Confirmed, status.Slot), outcomes);
        }
    }

    private void ReportDropped(ICollection<TransactionOutcome> outcomes)
    {
        if (IsConfirmedToSink)
        {
            Report(Reported!.Value with { Kind = OutcomeKind.Dropped }, outcomes);
        }
    }

    private void Report(TransactionOutcome outcome, ICollection<TransactionOutcome> outcomes)
    {
        Reported = outcome;
        outcomes.Add(outcome);
    }
}
