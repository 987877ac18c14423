using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>The stages of a lane's work, each in steps that can be taken again after any death.</summary>
internal sealed class LaneWork : IAsyncDisposable
{
    /// <summary>From so many attempts on, an expired batch makes the lane look after its own funds.</summary>
    private const int SuspiciousAttempts = 3;

    /// <summary>So many transactions for the same recipients without success need a person.</summary>
    private const int MaxAttempts = 20;

    private readonly LaneContext _lane;
    private readonly LaneDesk _desk;
    private readonly LanePumpParts _parts;
    private readonly LaneTerms _terms;
    private readonly LaneEntries _entries;
    private readonly LaneFunds _funds;
    private readonly LaneFunding _funding;
    private readonly FreshPlanner _fresh;
    private readonly RepairPlanner _repair;
    private long _stuckAt = -1;

    public LaneWork(LaneContext lane, LaneDesk desk, IGrains grains, LanePumpParts parts)
    {
        (_lane, _desk, _parts) = (lane, desk, parts);
        _terms = new LaneTerms(lane, desk, parts.Sender, parts.Time);
        _entries = new LaneEntries(lane, desk, grains, parts);
        _funds = new LaneFunds(lane, parts, _terms);
        _funding = new LaneFunding(lane, desk, _entries, _funds, _terms, grains, parts.Time);
        var variety = new BatchVariety();
        _fresh = new FreshPlanner(lane, parts, _terms, variety, grains);
        _repair = new RepairPlanner(lane, parts.Payees, _terms, variety, parts.Sender, grains);
    }

    private LaneRecord Lane => _desk.View.Lane;

    /// <summary>How this lane calls grains.</summary>
    public Call Call(CancellationToken cancellationToken) => _lane.Call(cancellationToken);

    /// <inheritdoc cref="LaneEntries.TakeUp"/>
    public Task TakeUp(CancellationToken cancellationToken) => _entries.TakeUp(cancellationToken);

    /// <inheritdoc cref="LaneEntries.TakeUpAgain"/>
    public Task TakeUpAgain(CancellationToken cancellationToken) => _entries.TakeUpAgain(cancellationToken);

    /// <summary>Looks every account up and asks the source for what is needed; tokens are on their way meanwhile.</summary>
    public async Task<bool> Scan(CancellationToken cancellationToken)
    {
        if (!_lane.Asset.IsSol && Lane.Tokens.Attempt == 0)
        {
            var tokens = await _parts.Recipients.Sum(_lane.CampaignId, Lane.First, Lane.Last, cancellationToken);
            await _entries.Enter(new LaneStep.TokensCounted(tokens), cancellationToken);
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bringing = Task.WhenAll(_funding.Bring(DepositKind.Tokens, both.Token), _funding.BringLamportsEarly(both.Token));
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

    /// <summary>Waits for what the source sends.</summary>
    public async Task<bool> Fund(CancellationToken cancellationToken)
    {
        await _funding.BringAll(cancellationToken);
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

    /// <inheritdoc cref="LaneFunding.Sweep"/>
    public Task<bool> Sweep(CancellationToken cancellationToken) => _funding.Sweep(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _fresh.DisposeAsync();
        _entries.Dispose();
    }

    /// <summary>This lane's part of what the campaign may have on its way.</summary>
    private int ShareOf(int most) => Math.Max(1, most / Math.Max(1, _lane.Campaign.Lanes));

    private async Task LookUpAll(CancellationToken cancellationToken)
    {
        var terms = await _terms.Current(cancellationToken);
        var map = new ScanMap(Lane.First, Lane.Last);
        var needs = await _parts.Counter.Count(_lane.CampaignId, terms, Lane.First, Lane.Last, map, cancellationToken);
        LaneLog.Scanned(_parts.Logger, _lane.LaneId, Lane.Last - Lane.First + 1, needs.Batches, needs.Missing, needs.Refused);
        _fresh.Map = map;
        await _entries.Enter(
            new LaneStep.Scanned(_lane.Asset.Costs.LamportDeposit(needs, terms.MaxFee), terms.Price), cancellationToken);
    }

    private async Task<bool> EndPaying(LaneView view, CancellationToken cancellationToken)
    {
        if (!LaneMachine.CanSweep(view.Lane, view.InFlight, view.IsSettled))
        {
            return false;
        }

        var since = await _funding.AwaitFinal(cancellationToken);
        return await _funds.SweepShortage(since, cancellationToken) is > 0 and var lamports
            ? await _entries.Enter(new LaneStep.SweepUnfunded(lamports), cancellationToken)
            : await _entries.Enter(
                new LaneStep.PaidOut(since, await _funds.RentPaid(_desk.View.Lane, since, cancellationToken)), cancellationToken);
    }

    private async Task<bool> Repair(LaneView view, CancellationToken cancellationToken)
    {
        if (view.Broken.FirstOrDefault(batch => batch.Attempts >= MaxAttempts && batch.Batch != _stuckAt) is { } worn)
        {
            // Resumed by a person, it gets another try.
            _stuckAt = worn.Batch;
            return await _entries.Enter(
                new LaneStep.Stuck($"recipients {worn.First} to {worn.Last} were signed for {worn.Attempts} times without success, at last: {worn.Error}"),
                cancellationToken);
        }

        if (view.Broken.Any(IsShortOfFunds))
        {
            return await RepairFunds(view, cancellationToken);
        }

        if (view.Broken.Any(batch => batch.Status == BatchStatus.Rejected)
            && await _funds.Obstacle(view.Lane.LandedSlot, cancellationToken) is { } obstacle)
        {
            return await _entries.Enter(new LaneStep.Stuck(obstacle), cancellationToken);
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

        var since = await _funding.AwaitFinal(cancellationToken);
        var (tokens, lamports) = await _funds.Shortage(view.Lane, view.Broken, since, cancellationToken);
        await _fresh.Reset();
        return tokens > 0 || lamports > 0
            ? await _entries.Enter(new LaneStep.RunShort(tokens, lamports), cancellationToken)
            : await Replace(view.Broken, cancellationToken);
    }

    private async Task<bool> Replace(IReadOnlyList<BatchRecord> broken, CancellationToken cancellationToken)
    {
        LaneLog.Replacing(_parts.Logger, _lane.LaneId, broken.Count, broken[0].Error);
        return await Submit(await _repair.Draw(broken, cancellationToken), cancellationToken);
    }

    private async Task<bool> Submit(LanePlan plan, CancellationToken cancellationToken)
    {
        var isEntered = await _entries.Submit(plan, cancellationToken);
        if (!isEntered)
        {
            await _fresh.Reset();
        }

        return isEntered;
    }

    private static bool IsShortOfFunds(BatchRecord batch) =>
        batch.Status == BatchStatus.Unfunded || (batch.Status == BatchStatus.Expired && batch.Attempts >= SuspiciousAttempts);
}
