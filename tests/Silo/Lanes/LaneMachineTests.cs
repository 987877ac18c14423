using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Lanes;

public sealed class LaneMachineTests
{
    private static readonly LaneRecord New = new()
    {
        CampaignId = "drop",
        Lane = 0,
        WalletId = "drop/0",
        State = LaneState.LaneScanning,
        First = 1,
        Last = 10,
        Next = 1,
    };

    private static readonly LaneRecord Paying = New with
    {
        State = LaneState.LanePaying,
        Tokens = new Deposit(100, 1, true),
        Lamports = new Deposit(50, 1, true),
    };

    [Fact]
    public void A_lane_goes_from_scanning_to_done()
    {
        var lane = After(New, new LaneStep.TokensCounted(100));
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Tokens, 1, 0));
        lane = After(lane, new LaneStep.Scanned(5_000_000, 0));
        Assert.Equal(LaneState.LaneFunding, lane.State);
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Lamports, 1, 0));
        Assert.Equal(LaneState.LanePaying, lane.State);
        lane = After(lane, new LaneStep.PaidOut(0, 0), isSettled: true);
        Assert.Equal((LaneState.LaneSweeping, 1), (lane.State, lane.SweepAttempt));
        lane = After(lane, new LaneStep.Swept(1));
        Assert.Equal(LaneState.LaneDone, lane.State);
    }

    [Fact]
    public void A_lane_whose_lamports_were_asked_for_early_pays_as_soon_as_it_has_looked_up_its_recipients()
    {
        var lane = After(New, new LaneStep.TokensCounted(100));
        lane = After(lane, new LaneStep.LamportsReckoned(9_000_000, 0));
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Lamports, 1, 0));
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Tokens, 1, 0));
        Assert.Equal(LaneState.LaneScanning, lane.State);

        lane = After(lane, new LaneStep.Scanned(5_000_000, 0));
        Assert.Equal((LaneState.LanePaying, new Deposit(9_000_000, 1, true)), (lane.State, lane.Lamports));
    }

    [Fact]
    public void A_deposit_is_asked_for_anew_only_under_another_attempt()
    {
        var lane = After(New, new LaneStep.TokensCounted(100));
        lane = After(lane, new LaneStep.DepositLost(DepositKind.Tokens, 1, "expired"));

        Assert.Equal(new Deposit(100, 2, false), lane.Tokens);
        Assert.Same(lane, After(lane, new LaneStep.DepositArrived(DepositKind.Tokens, 1, 0)));
        Assert.Same(lane, After(lane, new LaneStep.DepositLost(DepositKind.Tokens, 1, "expired")));
    }

    [Fact]
    public void A_deposit_lost_time_and_again_needs_a_person_and_goes_on_when_told_to()
    {
        var lane = After(New, new LaneStep.TokensCounted(100));
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            Assert.Equal("", lane.Stalled);
            lane = After(lane, new LaneStep.DepositLost(DepositKind.Tokens, attempt, "expired"));
        }

        Assert.Contains("expired", lane.Stalled, StringComparison.Ordinal);
        Assert.Equal(("", 6), (LaneMachine.Start(lane).Stalled, lane.Tokens.Attempt));
    }

    [Fact]
    public void A_cancelled_lane_is_not_emptied_while_a_deposit_is_on_its_way()
    {
        var lane = LaneMachine.Cancel(After(New, new LaneStep.TokensCounted(100)));

        Assert.Same(lane, After(lane, new LaneStep.PaidOut(0, 0)));
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Tokens, 1, 0));
        Assert.Equal(LaneState.LaneSweeping, After(lane, new LaneStep.PaidOut(0, 0)).State);
    }

    [Fact]
    public void A_lane_cancelled_before_it_was_funded_is_done_without_a_sweep() =>
        Assert.Equal(LaneState.LaneDone, After(LaneMachine.Cancel(New), new LaneStep.PaidOut(0, 0)).State);

    [Fact]
    public void A_lane_that_holds_tokens_alone_is_sent_lamports_before_it_is_emptied()
    {
        var lane = After(New, new LaneStep.TokensCounted(100));
        lane = LaneMachine.Cancel(After(lane, new LaneStep.DepositArrived(DepositKind.Tokens, 1, 0)));

        lane = After(lane, new LaneStep.SweepUnfunded(7));
        Assert.Equal(new Deposit(7, 1, false), lane.Lamports);
        Assert.Same(lane, After(lane, new LaneStep.PaidOut(0, 0)));
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Lamports, 1, 0));
        Assert.Equal(LaneState.LaneSweeping, After(lane, new LaneStep.PaidOut(0, 0)).State);
    }

    [Fact]
    public void A_lane_is_not_emptied_while_a_payment_may_land_or_somebody_waits()
    {
        var paying = New with { State = LaneState.LanePaying, Tokens = new Deposit(1, 1, true), Lamports = new Deposit(1, 1, true) };

        Assert.Same(paying, LaneMachine.After(paying, new LaneStep.PaidOut(0, 0), inFlight: 0, isSettled: false));
        var cancelled = LaneMachine.Cancel(paying);
        Assert.Same(cancelled, LaneMachine.After(cancelled, new LaneStep.PaidOut(0, 0), inFlight: 1, isSettled: false));
        Assert.Equal(LaneState.LaneSweeping, LaneMachine.After(cancelled, new LaneStep.PaidOut(0, 0), inFlight: 0, isSettled: false).State);
    }

    [Fact]
    public void A_lane_that_runs_short_is_funded_again_under_the_next_attempt()
    {
        var paying = New with { State = LaneState.LanePaying, Tokens = new Deposit(100, 1, true), Lamports = new Deposit(50, 1, true) };

        var lane = After(paying, new LaneStep.RunShort(0, 7));
        Assert.Equal((LaneState.LaneFunding, new Deposit(7, 2, false)), (lane.State, lane.Lamports));
        Assert.Equal(LaneState.LanePaying, After(lane, new LaneStep.DepositArrived(DepositKind.Lamports, 2, 0)).State);
    }

    [Fact]
    public void A_sweep_that_was_lost_is_tried_under_another_attempt()
    {
        var sweeping = New with { State = LaneState.LaneSweeping, SweepAttempt = 1 };

        var lane = After(sweeping, new LaneStep.SweepLost(1, "expired"));
        Assert.Equal((LaneState.LaneSweeping, 2), (lane.State, lane.SweepAttempt));
        Assert.Same(lane, After(lane, new LaneStep.Swept(1)));
    }

    [Fact]
    public void A_lane_that_has_run_short_time_and_again_needs_a_person_and_tries_again_when_told_to()
    {
        var lane = Paying;
        for (var time = 1; time <= 5; time++)
        {
            lane = After(lane, new LaneStep.RunShort(3, 7));
            lane = After(lane, new LaneStep.DepositArrived(DepositKind.Tokens, lane.Tokens.Attempt, 0));
            lane = After(lane, new LaneStep.DepositArrived(DepositKind.Lamports, lane.Lamports.Attempt, 0));
            Assert.Equal((LaneState.LanePaying, ""), (lane.State, lane.Stalled));
        }

        lane = After(lane, new LaneStep.RunShort(3, 7));
        Assert.Equal("it has run short again, by 3 base units and 7 lamports", lane.Stalled);

        var resumed = After(LaneMachine.Start(lane), new LaneStep.RunShort(3, 7));
        Assert.Equal((LaneState.LaneFunding, "", 7, 7), (resumed.State, resumed.Stalled, resumed.Tokens.Attempt, resumed.Lamports.Attempt));
    }

    [Fact]
    public void The_order_to_work_repeated_while_a_lane_works_does_not_hide_its_setbacks()
    {
        var lane = After(Paying, new LaneStep.RunShort(0, 7));

        Assert.Equal(1, LaneMachine.Start(lane).Setbacks);
        Assert.Equal(1, LaneMachine.Cancel(LaneMachine.Cancel(lane) with { Setbacks = 1 }).Setbacks);
    }

    [Fact]
    public void The_newest_slot_in_which_anything_landed_is_kept_until_the_sweep_names_it()
    {
        var lane = After(New, new LaneStep.TokensCounted(100));
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Tokens, 1, 70));
        lane = After(lane, new LaneStep.Scanned(5_000_000, 0));
        lane = After(lane, new LaneStep.DepositArrived(DepositKind.Lamports, 1, 60));
        Assert.Equal(70UL, lane.LandedSlot);

        // A fork dropped a deposit that was confirmed, and it landed again later.
        lane = After(lane, new LaneStep.PaidOut(90, 0), isSettled: true);
        Assert.Equal((LaneState.LaneSweeping, 90UL), (lane.State, lane.LandedSlot));
    }

    [Fact]
    public void The_price_that_lamports_were_reckoned_with_is_kept_with_them()
    {
        var early = After(New, new LaneStep.LamportsReckoned(9_000_000, 40));

        Assert.Equal(40UL, After(early, new LaneStep.Scanned(5_000_000, 70)).FeePrice);
        Assert.Equal(70UL, After(New, new LaneStep.Scanned(5_000_000, 70)).FeePrice);
    }

    [Fact]
    public void Once_all_is_paid_the_rent_is_what_it_truly_was()
    {
        var planned = Paying with { Progress = new LaneProgress { Rent = 900 } };

        Assert.Equal(300UL, LaneMachine.After(planned, new LaneStep.PaidOut(0, 300), inFlight: 0, isSettled: true).Progress.Rent);
    }

    [Fact]
    public void Orders_given_twice_change_nothing_the_second_time()
    {
        var paused = LaneMachine.Pause(New);

        Assert.Equal(paused, LaneMachine.Pause(paused));
        Assert.Equal(LaneMachine.Start(paused), LaneMachine.Start(LaneMachine.Start(paused)));
        Assert.Equal(LaneMachine.Cancel(paused), LaneMachine.Cancel(LaneMachine.Cancel(paused)));
    }

    private static LaneRecord After(LaneRecord lane, LaneStep step, bool isSettled = false) =>
        LaneMachine.After(lane, step, inFlight: 0, isSettled);
}
