using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// The lane's own state machine: Scanning → Funding → Paying → Sweeping → Done, with Paying → Funding where the lane
/// runs short. Steps that another turn has overtaken change nothing; so do orders given twice.
/// </summary>
internal static class LaneMachine
{
    /// <summary>Transfers lost and shortages, without a payment in between, before a person is asked.</summary>
    private const int MaxSetbacks = 5;

    /// <summary>The order to work, first or again. It is repeated while the lane works; only a person takes a stall away.</summary>
    public static LaneRecord Start(LaneRecord lane) => lane.Stalled.Length == 0
        ? lane with { Paused = false }
        : lane with { Paused = false, Stalled = "", Setbacks = 0 };

    /// <summary>The order to sign nothing new.</summary>
    public static LaneRecord Pause(LaneRecord lane) => lane with { Paused = true };

    /// <summary>The order to end: what is in flight settles, the rest goes back.</summary>
    public static LaneRecord Cancel(LaneRecord lane) => lane with
    {
        Cancelled = true,
        Paused = false,
        Stalled = "",
        Setbacks = lane.Cancelled && lane.Stalled.Length == 0 ? lane.Setbacks : 0,
    };

    /// <summary>The lane after a step.</summary>
    /// <param name="lane">As it is.</param>
    /// <param name="step">Not <see cref="LaneStep.Planned"/>, which is the book's.</param>
    /// <param name="inFlight">Batches whose outcome is not final.</param>
    /// <param name="isSettled">Every recipient has been paid for good or has failed.</param>
    public static LaneRecord After(LaneRecord lane, LaneStep step, int inFlight, bool isSettled) => step switch
    {
        LaneStep.TokensCounted counted when lane is { State: LaneState.LaneScanning, Cancelled: false, Tokens.Attempt: 0 } =>
            lane with { Tokens = new Deposit(counted.Tokens, 1, false) },
        LaneStep.LamportsReckoned most when lane is { State: LaneState.LaneScanning, Cancelled: false, Lamports.Attempt: 0 } =>
            lane with { Lamports = new Deposit(most.Lamports, 1, false), FeePrice = most.FeePrice },
        LaneStep.Scanned scanned when lane is { State: LaneState.LaneScanning, Cancelled: false } => Funded(Reckoned(lane, scanned)),
        LaneStep.DepositArrived arrived when IsAwaited(lane, arrived.Kind, arrived.Attempt) =>
            Funded(With(lane, arrived.Kind, Of(lane, arrived.Kind) with { Arrived = true }) with
            {
                LandedSlot = Math.Max(lane.LandedSlot, arrived.Slot),
            }),
        LaneStep.DepositForgone forgone when lane.Cancelled && IsAwaited(lane, forgone.Kind, forgone.Attempt) =>
            With(lane, forgone.Kind, new Deposit(0, forgone.Attempt, true)),
        LaneStep.DepositLost lost when IsAwaited(lane, lost.Kind, lost.Attempt) => Lost(lane, lost),
        LaneStep.RunShort more when lane is { State: LaneState.LanePaying, Cancelled: false } => Short(lane, more),
        LaneStep.PaidOut paid when CanSweep(lane, inFlight, isSettled) => BeginSweep(lane with
        {
            LandedSlot = Math.Max(lane.LandedSlot, paid.LandedSlot),
            Progress = lane.Progress with { Rent = paid.Rent },
        }),
        LaneStep.SweepUnfunded more when CanSweep(lane, inFlight, isSettled) => lane with
        {
            State = lane.State == LaneState.LanePaying ? LaneState.LaneFunding : lane.State,
            Lamports = new Deposit(more.Lamports, lane.Lamports.Attempt + 1, false),
        },
        LaneStep.Swept swept when lane.State == LaneState.LaneSweeping && lane.SweepAttempt == swept.Attempt =>
            lane with { State = LaneState.LaneDone, Stalled = "" },
        LaneStep.SweepLost lost when lane.State == LaneState.LaneSweeping && lane.SweepAttempt == lost.Attempt =>
            SetBack(lane with { SweepAttempt = lane.SweepAttempt + 1 }, $"the sweep was lost {lost.Attempt} times, at last: {lost.Reason}"),
        LaneStep.Stuck stuck when lane.State != LaneState.LaneDone => lane with { Stalled = stuck.Reason },
        _ => lane,
    };

    /// <summary>One of a lane's deposits.</summary>
    public static Deposit Of(LaneRecord lane, DepositKind kind) => kind == DepositKind.Tokens ? lane.Tokens : lane.Lamports;

    /// <summary>
    /// Whether the lane may be emptied: nothing can land any more, no deposit is on its way, and all are paid or nobody
    /// else is to be.
    /// </summary>
    public static bool CanSweep(LaneRecord lane, int inFlight, bool isSettled) =>
        lane.State is LaneState.LaneScanning or LaneState.LaneFunding or LaneState.LanePaying
        && inFlight == 0
        && !lane.Tokens.IsDue
        && !lane.Lamports.IsDue
        && (lane.Cancelled || (isSettled && lane.State == LaneState.LanePaying));

    private static bool IsAwaited(LaneRecord lane, DepositKind kind, int attempt) =>
        Of(lane, kind) is { IsDue: true } deposit && deposit.Attempt == attempt;

    private static LaneRecord With(LaneRecord lane, DepositKind kind, Deposit deposit) =>
        kind == DepositKind.Tokens ? lane with { Tokens = deposit } : lane with { Lamports = deposit };

    private static LaneRecord Reckoned(LaneRecord lane, LaneStep.Scanned scanned) => lane.Lamports.Attempt > 0
        ? lane with { State = LaneState.LaneFunding }
        : lane with { State = LaneState.LaneFunding, Lamports = new Deposit(scanned.Lamports, 1, false), FeePrice = scanned.FeePrice };

    private static LaneRecord Funded(LaneRecord lane) =>
        lane.State == LaneState.LaneFunding && !lane.Tokens.IsDue && !lane.Lamports.IsDue
            ? lane with { State = LaneState.LanePaying }
            : lane;

    private static LaneRecord Lost(LaneRecord lane, LaneStep.DepositLost lost)
    {
        var deposit = Of(lane, lost.Kind);
        if (lane.Cancelled)
        {
            return With(lane, lost.Kind, new Deposit(0, deposit.Attempt, true));
        }

        return SetBack(
            With(lane, lost.Kind, deposit with { Attempt = deposit.Attempt + 1 }),
            $"its funding was lost {lost.Attempt} times, at last: {lost.Reason}");
    }

    private static LaneRecord Short(LaneRecord lane, LaneStep.RunShort more)
    {
        if (lane.Setbacks >= MaxSetbacks)
        {
            return lane with { Stalled = $"it has run short again, by {more.Tokens} base units and {more.Lamports} lamports" };
        }

        var tokens = more.Tokens == 0 ? lane.Tokens : new Deposit(more.Tokens, lane.Tokens.Attempt + 1, false);
        var lamports = more.Lamports == 0 ? lane.Lamports : new Deposit(more.Lamports, lane.Lamports.Attempt + 1, false);
        return Funded(lane with { State = LaneState.LaneFunding, Tokens = tokens, Lamports = lamports, Setbacks = lane.Setbacks + 1 });
    }

    private static LaneRecord BeginSweep(LaneRecord lane) => lane.Tokens.Attempt == 0 && lane.Lamports.Attempt == 0
        ? lane with { State = LaneState.LaneDone, Stalled = "" }
        : lane with { State = LaneState.LaneSweeping, SweepAttempt = 1 };

    private static LaneRecord SetBack(LaneRecord lane, string reason) =>
        lane with { Setbacks = lane.Setbacks + 1, Stalled = lane.Setbacks + 1 >= MaxSetbacks ? reason : "" };
}
