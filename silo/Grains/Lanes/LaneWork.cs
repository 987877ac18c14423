using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>The stages of a lane's work, each in steps that can be taken again after any death.</summary>
internal sealed class LaneWork : IAsyncDisposable
{
    /// <summary>From so many attempts on, an expired batch makes the lane look after its own funds.</summary>
    private const int SuspiciousAttempts = 3;

    /// <summary>So many transactions for the same recipients without success need a person.</summary>
    private const int MaxAttempts = 20;

    private const int TakenUpAtOnce = 256;

    /// <summary>How many times the highest need of a whole campaign its source must hold to be asked for it early.</summary>
    private const ulong RichEnough = 2;

    private readonly LaneContext _lane;
    private readonly LaneDesk _desk;
    private readonly IGrains _grains;
    private readonly LanePumpParts _parts;
    private readonly LaneOutcomeSink _sink;
    private readonly LaneTerms _terms;
    private readonly LaneDeposits _deposits;
    private readonly LaneFunds _funds;
    private readonly FreshPlanner _fresh;
    private readonly RepairPlanner _repair;
    private readonly SemaphoreSlim _oneStep = new(1, 1);
    private bool _mustTakeUp = true;
    private long _stuckAt = -1;

    public LaneWork(LaneContext lane, LaneDesk desk, IGrains grains, LanePumpParts parts)
    {
        (_lane, _desk, _grains, _parts) = (lane, desk, grains, parts);
        _sink = new LaneOutcomeSink(grains, lane.LaneId);
        _terms = new LaneTerms(lane, parts.Sender, parts.Time);
        _deposits = new LaneDeposits(lane, grains, parts.Time);
        _funds = new LaneFunds(lane, parts.Rpc, parts.Assets, parts.Counter, _terms);
        var variety = new BatchVariety();
        _fresh = new FreshPlanner(lane, parts, _terms, variety, grains);
        _repair = new RepairPlanner(lane, parts.Payees, _terms, variety, parts.Sender, grains);
    }

    private LaneRecord Lane => _desk.View.Lane;

    /// <summary>How this lane calls grains.</summary>
    public Call Call(CancellationToken cancellationToken) => _lane.Call(cancellationToken);

    /// <summary>
    /// Hands every transaction that was committed, and perhaps never sent, to the sender: after a start, and whenever it
    /// is not certain that what was committed was also handed over.
    /// </summary>
    public async Task TakeUp(CancellationToken cancellationToken)
    {
        if (!_mustTakeUp)
        {
            return;
        }

        var (after, count) = (-1L, 0);
        while (await _parts.Batches.ListUnsettled(_lane.CampaignId, Lane.Lane, after, TakenUpAtOnce, cancellationToken) is { Count: > 0 } page)
        {
            await _parts.Sender.Submit([.. page.Select(batch => batch.Transaction)], _sink, SubmitOptions.TakenUp, cancellationToken);
            (after, count) = (page[^1].Batch, count + page.Count);
        }

        _mustTakeUp = false;
        if (count > 0)
        {
            LaneLog.TookUp(_parts.Logger, _lane.LaneId, count);
        }
    }

    /// <summary>Hands them over once more; the sender knows those that it has by their signatures.</summary>
    public Task TakeUpAgain(CancellationToken cancellationToken)
    {
        _mustTakeUp = true;
        return TakeUp(cancellationToken);
    }

    /// <summary>Looks every account up and asks the source for what is needed; tokens are on their way meanwhile.</summary>
    public async Task<bool> Scan(CancellationToken cancellationToken)
    {
        if (!_lane.Asset.IsSol && Lane.Tokens.Attempt == 0)
        {
            var tokens = await _parts.Recipients.Sum(_lane.CampaignId, Lane.First, Lane.Last, cancellationToken);
            await Enter(new LaneStep.TokensCounted(tokens), cancellationToken);
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bringing = Task.WhenAll(Bring(DepositKind.Tokens, both.Token), BringLamportsEarly(both.Token));
        try
        {
            await LookUpAll(cancellationToken);
        }
        catch
        {
            await both.CancelAsync();
            await bringing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await bringing;
        return true;
    }

    /// <summary>
    /// A source that is rich enough sends at once what the whole campaign could need at the very most, and paying begins
    /// as soon as the accounts are looked up; the rest comes back with the sweep. Any other one sends exactly what is
    /// needed, once that is known.
    /// </summary>
    private async Task BringLamportsEarly(CancellationToken cancellationToken)
    {
        if (_lane.Asset.IsSol)
        {
            return;
        }

        var costs = _lane.Asset.Costs;
        var fee = (await _terms.Current(cancellationToken)).MaxFee;
        var spare = costs.HighestLamportDeposit(_lane.Campaign.Recipients, fee) + (LaneCount * costs.HighestLamportDeposit(0, fee));
        var balances = await _grains.Call<Balances>(
            new GetBalancesRequest { WalletId = _lane.Campaign.WalletId, Mints = { _lane.Mint } }, _lane.Call(cancellationToken));
        if (balances.Balances_.FirstOrDefault(balance => balance.Mint.Length == 0)?.Available / RichEnough >= spare)
        {
            var most = costs.HighestLamportDeposit(Lane.Last - Lane.First + 1, fee);
            await Enter(new LaneStep.LamportsReckoned(most), cancellationToken);
            await Bring(DepositKind.Lamports, cancellationToken);
        }
    }

    /// <summary>This lane's part of what the campaign may have on its way.</summary>
    private int ShareOf(int most) => Math.Max(1, most / Math.Max(1, _lane.Campaign.Lanes));

    private ulong LaneCount => (ulong)Math.Max(1, _lane.Campaign.Lanes);

    private async Task LookUpAll(CancellationToken cancellationToken)
    {
        var terms = await _terms.Current(cancellationToken);
        var map = new ScanMap(Lane.First, Lane.Last);
        var needs = await _parts.Counter.Count(_lane.CampaignId, terms, Lane.First, Lane.Last, map, cancellationToken);
        LaneLog.Scanned(_parts.Logger, _lane.LaneId, Lane.Last - Lane.First + 1, needs.Batches, needs.Missing, needs.Refused);
        _fresh.Map = map;
        _terms.Budget(terms);
        await Enter(new LaneStep.Scanned(_lane.Asset.Costs.LamportDeposit(needs, terms.MaxFee)), cancellationToken);
    }

    /// <summary>Waits for what the source sends.</summary>
    public async Task<bool> Fund(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Bring(DepositKind.Tokens, cancellationToken), Bring(DepositKind.Lamports, cancellationToken));
        return true;
    }

    /// <summary>Replaces what broke, then pays whom nobody has paid, as far as there is room; sweeps when all is done.</summary>
    public async Task<bool> Pay(LaneView view, CancellationToken cancellationToken)
    {
        if (view.Broken.Count > 0)
        {
            return await Repair(view, cancellationToken);
        }

        if (view.Lane.Next <= view.Lane.Last)
        {
            return view.Unconfirmed < ShareOf(_parts.Options.MaxUnconfirmed)
                && view.InFlight < ShareOf(_parts.Options.MaxInFlight)
                && await Submit(await _fresh.Take(view.Lane.Next, view.Lane.Last, cancellationToken), cancellationToken);
        }

        return await EndPaying(view, cancellationToken);
    }

    /// <summary>A cancelled lane's way to its sweep: deposits that were asked for arrive first, so that none comes too late.</summary>
    public async Task<bool> WindUp(LaneView view, CancellationToken cancellationToken)
    {
        await _fresh.Reset();
        await Fund(cancellationToken);
        return await EndPaying(_desk.View, cancellationToken);
    }

    /// <summary>Sends what is left back to the source.</summary>
    public async Task<bool> Sweep(CancellationToken cancellationToken)
    {
        var attempt = Lane.SweepAttempt;
        try
        {
            var transfer = await _deposits.Sweep(attempt, cancellationToken);
            return transfer.Status == TransferStatus.Finalized
                ? await Enter(new LaneStep.Swept(attempt), cancellationToken)
                : await Enter(new LaneStep.SweepLost(attempt, Describe(transfer)), cancellationToken);
        }
        catch (ClusterException refusal) when (LaneDeposits.IsRefusal(refusal))
        {
            // Deposits that were lost or forgone leave a wallet that never existed.
            return await _funds.IsEmpty(cancellationToken)
                ? await Enter(new LaneStep.Swept(attempt), cancellationToken)
                : await Enter(new LaneStep.Stuck($"it cannot be swept: {refusal.Message}"), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _fresh.DisposeAsync();
        _oneStep.Dispose();
    }

    private async Task<bool> EndPaying(LaneView view, CancellationToken cancellationToken)
    {
        if (!LaneMachine.CanSweep(view.Lane, view.InFlight, view.IsSettled))
        {
            return false;
        }

        await AwaitFinal(DepositKind.Tokens, cancellationToken);
        await AwaitFinal(DepositKind.Lamports, cancellationToken);
        return await _funds.SweepShortage(cancellationToken) is > 0 and var lamports
            ? await Enter(new LaneStep.SweepUnfunded(lamports), cancellationToken)
            : await Enter(new LaneStep.PaidOut(), cancellationToken);
    }

    private async Task<bool> Repair(LaneView view, CancellationToken cancellationToken)
    {
        if (view.Broken.FirstOrDefault(batch => batch.Attempts >= MaxAttempts && batch.Batch != _stuckAt) is { } worn)
        {
            // Resumed by a person, it gets another try.
            _stuckAt = worn.Batch;
            return await Enter(
                new LaneStep.Stuck($"recipients {worn.First} to {worn.Last} were signed for {worn.Attempts} times without success, at last: {worn.Error}"),
                cancellationToken);
        }

        if (view.Broken.Any(IsShortOfFunds))
        {
            return await RepairFunds(view, cancellationToken);
        }

        if (view.Broken.Any(batch => batch.Status == BatchStatus.Rejected) && await _funds.Obstacle(cancellationToken) is { } obstacle)
        {
            return await Enter(new LaneStep.Stuck(obstacle), cancellationToken);
        }

        return await Replace(view.Broken, cancellationToken);
    }

    /// <summary>Nothing more is signed until all that was signed is settled: only then can what is lacking be reckoned.</summary>
    private async Task<bool> RepairFunds(LaneView view, CancellationToken cancellationToken)
    {
        if (view.InFlight > 0)
        {
            return false;
        }

        // A fork may have dropped a deposit that was confirmed; it is on its way again.
        await AwaitFinal(DepositKind.Tokens, cancellationToken);
        await AwaitFinal(DepositKind.Lamports, cancellationToken);
        var (tokens, lamports) = await _funds.Shortage(view.Lane, view.Broken, cancellationToken);
        await _fresh.Reset();
        return tokens > 0 || lamports > 0
            ? await Enter(new LaneStep.RunShort(tokens, lamports), cancellationToken)
            : await Replace(view.Broken, cancellationToken);
    }

    private async Task<bool> Replace(IReadOnlyList<BatchRecord> broken, CancellationToken cancellationToken)
    {
        LaneLog.Replacing(_parts.Logger, _lane.LaneId, broken.Count, broken[0].Error);
        return await Submit(await _repair.Draw(broken, cancellationToken), cancellationToken);
    }

    private static bool IsShortOfFunds(BatchRecord batch) =>
        batch.Status == BatchStatus.Unfunded || (batch.Status == BatchStatus.Expired && batch.Attempts >= SuspiciousAttempts);

    private async Task<bool> Submit(LanePlan plan, CancellationToken cancellationToken)
    {
        if (!await Enter(new LaneStep.Planned(plan), cancellationToken))
        {
            await _fresh.Reset();
            return false;
        }

        _mustTakeUp = true;
        await _parts.Sender.Submit([.. plan.Batches.Select(batch => batch.ToSend())], _sink, cancellationToken);
        _mustTakeUp = false;
        return true;
    }

    /// <summary>Sees a deposit that is due through to the books.</summary>
    private async Task Bring(DepositKind kind, CancellationToken cancellationToken)
    {
        var deposit = LaneMachine.Of(Lane, kind);
        if (!deposit.IsDue)
        {
            return;
        }

        try
        {
            var transfer = await _deposits.Bring(kind, deposit, LaneDeposits.IsKnown, cancellationToken);
            await Enter(
                LaneDeposits.HasPaid(transfer.Status)
                    ? new LaneStep.DepositArrived(kind, deposit.Attempt)
                    : new LaneStep.DepositLost(kind, deposit.Attempt, Describe(transfer)),
                cancellationToken);
        }
        catch (ClusterException refusal) when (LaneDeposits.IsRefusal(refusal))
        {
            await Enter(
                Lane.Cancelled && !await IsForSweep(kind, deposit, cancellationToken)
                    ? new LaneStep.DepositForgone(kind, deposit.Attempt)
                    : new LaneStep.Stuck(refusal.Message),
                cancellationToken);
        }
    }

    /// <summary>A cancelled lane does without what it would have paid out, but not without what brings its tokens back.</summary>
    private async Task<bool> IsForSweep(DepositKind kind, Deposit deposit, CancellationToken cancellationToken) =>
        kind == DepositKind.Lamports
        && await _funds.SweepShortage(cancellationToken) is > 0 and var lamports
        && deposit.Amount <= lamports;

    private async Task AwaitFinal(DepositKind kind, CancellationToken cancellationToken)
    {
        var deposit = LaneMachine.Of(Lane, kind);
        if (deposit is { Arrived: true, Amount: > 0 })
        {
            await _deposits.Bring(kind, deposit, LaneDeposits.IsFinal, cancellationToken);
        }
    }

    /// <summary>Has a turn enter a step. After a failure nobody knows whether it did.</summary>
    /// <returns>Whether it was entered; false where another turn has overtaken it.</returns>
    private async Task<bool> Enter(LaneStep step, CancellationToken cancellationToken)
    {
        await _oneStep.WaitAsync(cancellationToken);
        try
        {
            var pending = _desk.HandIn(step);
            var mustTakeUp = _mustTakeUp;
            _mustTakeUp = true;
            await _grains.Call<AdvanceLaneReply>(new AdvanceLaneRequest { LaneId = _lane.LaneId }, _lane.Call(cancellationToken));
            _mustTakeUp = mustTakeUp;
            return pending.IsEntered;
        }
        finally
        {
            _desk.Take();
            _oneStep.Release();
        }
    }

    private static string Describe(Transfer transfer) =>
        transfer.Error.Length > 0 ? $"{transfer.Status.ToString().ToLowerInvariant()}, {transfer.Error}" : transfer.Status.ToString().ToLowerInvariant();
}
