using Cluster.Solana;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

/// <summary>
/// Whatever nodes say in whatever order, the state machine keeps the rules that money depends on.
/// </summary>
public sealed class TrackedTransactionProperties
{
    private const ulong LastValid = 200;

    private static readonly SignedTransaction Transaction = SampleTransactions.One(LastValid);

    [Fact]
    public void Whatever_is_observed_the_outcomes_keep_the_rules_of_money()
    {
        var observations = Observation().ListOf();
        Prop.ForAll(observations.ToArbitrary(), Holds).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(5000));
    }

    private static Gen<Observed> Observation()
    {
        var slots = Gen.Choose(90, 400).Select(slot => (ulong)slot);
        var errors = Gen.Elements<TransactionError?>(null, null, new TransactionError { Code = "AccountInUse" });
        var commitments = Gen.Elements(Commitment.Processed, Commitment.Confirmed, Commitment.Finalized);
        var seen =
            from slot in slots
            from error in errors
            from commitment in commitments
            select new Observed(new SignatureStatus(slot, error, 0, commitment), null, 0);
        var unseenLately = slots.Select(slot => new Observed(null, null, slot));
        var unknown =
            from slot in slots
            from height in slots
            from context in slots
            from complete in Gen.Elements<ulong?>(null, 1, 51, 52, 100)
            select new Observed(null, new HistoryView(slot, height, context, complete), context);
        return Gen.Frequency((3, seen), (1, unseenLately), (3, unknown));
    }

    private static bool Holds(IList<Observed> observations)
    {
        var tracked = new TrackedTransaction(Transaction, SubmitOptions.TakenUp, delivery: null!);
        var told = new List<TransactionOutcome>();
        foreach (var observed in observations)
        {
            if (tracked.Stage == TransactionStage.Settled)
            {
                break;
            }

            var now = new List<TransactionOutcome>();
            observed.Apply(tracked, now);
            foreach (var outcome in now)
            {
                CheckCause(outcome, observed);
                CheckOrder(outcome, told);
                told.Add(outcome);
            }
        }

        return told.Count(outcome => outcome.IsFinal) <= 1
            && (tracked.Stage == TransactionStage.Settled) == told.Exists(outcome => outcome.IsFinal);
    }

    private static void CheckCause(TransactionOutcome outcome, Observed observed)
    {
        switch (outcome.Kind)
        {
            case OutcomeKind.Expired:
                var view = observed.View!.Value;
                Assert.True(view.FinalizedHeight > LastValid, "the finalized height has not passed");
                Assert.True(view.ContextSlot >= view.FinalizedSlot, "the node lagged");
                Assert.True(view.CompleteFromHeight <= LastValid - 149, "the history is not complete");
                break;
            case OutcomeKind.Finalized:
                Assert.True(observed.Status is { Err: null, Commitment: Commitment.Finalized });
                break;
            case OutcomeKind.Failed:
                Assert.True(observed.Status is { Err: not null, Commitment: Commitment.Finalized });
                Assert.NotNull(outcome.Error);
                break;
            case OutcomeKind.Confirmed:
                Assert.True(observed.Status is { Err: null, Commitment: Commitment.Confirmed });
                break;
        }
    }

    private static void CheckOrder(TransactionOutcome outcome, List<TransactionOutcome> told)
    {
        if (outcome.Kind == OutcomeKind.Dropped)
        {
            Assert.Equal(OutcomeKind.Confirmed, told[^1].Kind);
        }
        else if (outcome.Kind == OutcomeKind.Expired && told.Count > 0)
        {
            Assert.Equal(OutcomeKind.Dropped, told[^1].Kind);
        }
    }

    private sealed record Observed(SignatureStatus? Status, HistoryView? View, ulong ContextSlot)
    {
        public void Apply(TrackedTransaction tracked, List<TransactionOutcome> outcomes)
        {
            if (Status is not null)
            {
                tracked.OnSeen(Status, outcomes);
            }
            else if (View is { } view)
            {
                tracked.OnUnknown(view, outcomes);
            }
            else
            {
                tracked.OnUnseenLately(ContextSlot);
            }
        }
    }
}
