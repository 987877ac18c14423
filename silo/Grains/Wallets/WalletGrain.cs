using Cluster.Silo.Grains.Wallets.Custody;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Grains.Wallets.Sweeps;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Transfer = Cluster.V1.Transfer;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>
/// One wallet: what it has, what it owes, and its payments. A payment's turn checks, reserves, has the transaction
/// signed, commits it with audit row and answer, and only then hands it to the sender; what the sender learns comes
/// back as <see cref="SettleTransfers"/>.
/// </summary>
internal sealed partial class WalletGrain(WalletParts parts) : Grain
{
    private const string InFlight = "in-flight";

    private readonly WalletBooks _books = new();
    private readonly MessageVariety _variety = new();
    private WalletRecord? _wallet;
    private bool _hasReminder;

    /// <summary>Makes a wallet with a new key.</summary>
    /// <param name="request">Its id, kind and label.</param>
    /// <param name="call">The call.</param>
    public async Task<Wallet> CreateWallet(CreateWalletRequest request, Call call)
    {
        WalletIds.Check(request.WalletId, request.Kind, request.Label, WalletIds.Made);
        RequireFree(request.WalletId);
        var key = await Grains.Call<CreateKeyReply>(new CreateKeyRequest { WalletId = request.WalletId }, call with { Idempotency = null });
        return await Insert(
            new WalletRecord(request.WalletId, request.Kind, PublicKey.FromBytes(key.PublicKey.Span), request.Label, null, null, parts.Now, Version: 1),
            call);
    }

    /// <summary>Makes the wallet of a lane; one that is there already with the same key is the answer.</summary>
    /// <param name="request">Its id, parent and path.</param>
    /// <param name="call">The call.</param>
    public async Task<Wallet> CreateLaneWallet(CreateLaneWalletRequest request, Call call)
    {
        var path = Slip10.Format(request.DerivationPath);
        if (_wallet is { } existing)
        {
            return existing.ParentWalletId == request.ParentWalletId && existing.DerivationPath == path
                ? WalletMessages.Of(existing)
                : throw new ClusterException(StatusCode.AlreadyExists, $"there is a wallet {request.WalletId} already, with another key.");
        }

        var derivation = new DeriveKeyRequest { WalletId = request.ParentWalletId, ChildWalletId = request.WalletId };
        derivation.DerivationPath.AddRange(request.DerivationPath);
        var key = await Grains.Call<DeriveKeyReply>(derivation, call with { Idempotency = null });
        return await Insert(
            new WalletRecord(
                request.WalletId, WalletKind.Lane, PublicKey.FromBytes(key.PublicKey.Span), "", request.ParentWalletId, path, parts.Now, Version: 1),
            call);
    }

    /// <summary>The wallet.</summary>
    /// <param name="request">Names it.</param>
    /// <param name="call">The call.</param>
    public Task<Wallet> GetWallet(GetWalletRequest request, Call call) => Task.FromResult(WalletMessages.Of(Existing()));

    /// <summary>What the chain has, what is reserved, what is left.</summary>
    /// <param name="request">Names the mints; all that the wallet has where it names none.</param>
    /// <param name="call">The call.</param>
    public async Task<Balances> GetBalances(GetBalancesRequest request, Call call)
    {
        var wallet = Existing();
        var mints = request.Mints.Count > 0
            ? [.. request.Mints.Select(mint => PaymentOrder.Address(mint, "mint")).Distinct()]
            : await parts.Chain.Guard(() => parts.Balances.ListMints(wallet.Address, call.Cancellation));
        if (mints.Count > BalanceReader.MaxMints)
        {
            throw new ClusterException(
                StatusCode.InvalidArgument, $"{mints.Count} mints are too many to answer at once; name at most {BalanceReader.MaxMints} in mints.");
        }

        var reply = new Balances { WalletId = wallet.WalletId };
        reply.Balances_.AddRange(await parts.Chain.Guard(() => parts.Balances.Read(wallet.Address, mints, _books, call.Cancellation)));
        return reply;
    }

    /// <summary>Pays.</summary>
    /// <param name="request">Whom, what and how much.</param>
    /// <param name="call">The call.</param>
    public async Task<Transfer> Transfer(TransferRequest request, Call call)
    {
        var order = PaymentOrder.Read(request);
        var wallet = Payer(order, call);
        var facts = await parts.Chain.Guard(() => parts.Payments.Read(wallet.Address, order, call.Cancellation));
        var plan = PaymentPlan.Make(wallet.Address, order, facts, _variety.SpareUnits(order, facts.Terms.Blockhash.Blockhash));
        Observe(facts);
        InsufficientFunds.Refuse(_books, plan);
        var severity = parts.Options.SeverityOf(order.Amount, facts.Token?.Mint.Decimals, call.Caller);
        return await Pay(UnsignedTransfer.Of(wallet.WalletId, plan, parts.Now), TransactionWriter.Write(plan), call, severity);
    }

    /// <summary>Sends all that the wallet has of a mint, closes the token account, and sends the SOL that is left.</summary>
    /// <param name="request">Whom to, and the mint.</param>
    /// <param name="call">The call.</param>
    public async Task<Transfer> SweepWallet(SweepWalletRequest request, Call call)
    {
        var wallet = Existing();
        WalletConduct.RequireMayPay(wallet);
        if (_books.Open.Count > 0)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} has {_books.Open.Count} payments in flight; it can be swept when they are settled.");
        }

        if (request.DestinationWalletId == wallet.WalletId)
        {
            throw new ClusterException(StatusCode.InvalidArgument, "a wallet cannot be swept into itself.");
        }

        var destination = await parts.Wallets.Find(request.DestinationWalletId, call.Cancellation)
            ?? throw NoSuch(request.DestinationWalletId);
        PublicKey? mint = request.Mint.Length == 0 ? null : PaymentOrder.Address(request.Mint, "mint");
        var since = Math.Max(request.MinContextSlot, _books.LastSettledSlot);
        var facts = await parts.Chain.Guard(() => parts.Sweeps.Read(wallet.Address, destination.Address, mint, since, call.Cancellation));
        var spare = _variety.SpareUnits(new PaymentOrder(destination.Address, mint, 0, ""), facts.Terms.Blockhash.Blockhash);
        var plan = SweepPlan.Make(wallet.Address, destination.Address, facts, spare);
        return await Pay(UnsignedTransfer.Of(wallet.WalletId, plan, mint, parts.Now), plan.Write(), call, Severity.Low);
    }

    /// <summary>A payment of this wallet.</summary>
    /// <param name="request">Names it.</param>
    /// <param name="call">The call.</param>
    public async Task<Transfer> GetTransfer(GetTransferRequest request, Call call)
    {
        var wallet = Existing();
        if (!Guid.TryParse(request.TransferId, out var transferId))
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"transfer_id {request.TransferId} is none: it is the one that Transfer answered with.");
        }

        var transfer = await parts.Transfers.Find(wallet.WalletId, transferId, call.Cancellation)
            ?? throw new ClusterException(StatusCode.NotFound, $"wallet {wallet.WalletId} has no transfer {transferId}.");
        return WalletMessages.Of(transfer);
    }

    /// <summary>Takes in what the chain made of payments in flight.</summary>
    /// <param name="request">The outcomes, in the order in which they happened.</param>
    /// <param name="call">The call.</param>
    public async Task<SettleTransfersReply> SettleTransfers(SettleTransfersRequest request, Call call)
    {
        var changed = Settlement.Apply(_books, request.Outcomes, parts.Now);
        if (changed.Count == 0)
        {
            return new SettleTransfersReply();
        }

        var changes = parts.Database.Change();
        var touched = WalletStore.Touch(changes, Existing());
        foreach (var transfer in changed)
        {
            TransferStore.Update(changes, transfer);
            changes.Audit(call, "wallet.settle", Id, WalletAudit.Settled(transfer), outcome: WalletAudit.OutcomeOf(transfer));
        }

        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = touched;
        foreach (var transfer in changed)
        {
            TakeIn(transfer);
        }

        return new SettleTransfersReply();
    }

    /// <inheritdoc/>
    protected internal override async Task OnActivate(CancellationToken cancellationToken)
    {
        _wallet = await parts.Wallets.Find(Id.Key, cancellationToken);
        if (_wallet is null)
        {
            return;
        }

        _books.RequireSince(await parts.Transfers.LatestSlot(Id.Key, cancellationToken));
        foreach (var transfer in await parts.Transfers.ListOpen(Id.Key, cancellationToken))
        {
            _books.Hold(transfer);
        }

        parts.Outbox.TakeUp(Activation, _books.Open);
    }

    /// <inheritdoc/>
    protected internal override async Task OnReminder(string name, Call call)
    {
        if (name == Ceilings)
        {
            await LowerToCeilings(call);
            return;
        }

        _hasReminder = true;
        if (_books.Open.Count > 0)
        {
            parts.Outbox.TakeUp(Activation, _books.Open);
            return;
        }

        await FenceOff(call);
        await Activation.RemoveReminder(InFlight, call.Cancellation);
        _hasReminder = false;
    }

    /// <summary>
    /// Nobody would take up a payment that another activation committed without this one's knowledge, or commits from now
    /// on in the belief that there is a reminder: after this the one is known, and the other fails.
    /// </summary>
    private async Task FenceOff(Call call)
    {
        if (_wallet is not null)
        {
            var changes = parts.Database.Change();
            var touched = WalletStore.Touch(changes, _wallet);
            await parts.Database.Commit(changes, call.Cancellation);
            _wallet = touched;
        }
    }

    private Task<Wallet> Insert(WalletRecord wallet, Call call) => Insert(parts.Database.Change(), wallet, "wallet.create", call);

    private async Task<Wallet> Insert(Changes changes, WalletRecord wallet, string operation, Call call)
    {
        WalletStore.Insert(changes, wallet);
        changes.Audit(call, operation, Id, WalletAudit.Created(wallet));
        var reply = WalletMessages.Of(wallet);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = wallet;
        return reply;
    }

    /// <summary>Refuses what is wrong whatever the chain says.</summary>
    private WalletRecord Payer(PaymentOrder order, Call call)
    {
        var wallet = Existing();
        if (wallet.Kind == WalletKind.Lane)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} belongs to a campaign's lane, which alone pays from it.");
        }

        WalletConduct.RequireMayPay(wallet);
        return MayPay(wallet, order, call);
    }

    /// <summary>Refuses a payment that no signature would make possible.</summary>
    private WalletRecord MayPay(WalletRecord wallet, PaymentOrder order, Call call)
    {
        if (order.Destination == wallet.Address)
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"destination {order.Destination} is the wallet itself.");
        }

        if (order.Mint is null && !call.Caller.IsSystem)
        {
            parts.Options.RequireWithinLimit(order.Amount);
        }

        if (_books.Open.Count >= parts.Options.MaxInFlight)
        {
            throw new ClusterException(StatusCode.ResourceExhausted, $"wallet {wallet.WalletId} has {_books.Open.Count} payments in flight already; try again later.");
        }

        return _books.Open.Any(transfer => transfer.Kind == TransferKind.Sweep)
            ? throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} is being swept; nothing can be paid from it until that is settled.")
            : wallet;
    }

    private void Observe(PaymentFacts facts)
    {
        var now = parts.Now;
        _books.Observe(null, new Snapshot(facts.Slot, facts.Lamports, now));
        if (facts.Token is { } token)
        {
            _books.Observe(token.Mint.Address, new Snapshot(facts.Slot, token.SourceAccount?.Amount ?? 0, now));
        }
    }

    /// <summary>Signs, commits, hands over: in this order (money rules 2 and 6).</summary>
    private async Task<Transfer> Pay(TransferRecord unsigned, byte[] transaction, Call call, Severity severity)
    {
        var wallet = Existing();
        return await Enter(await SignedPayment.Sign(unsigned, wallet.Address, transaction, Grains, call), call, severity);
    }

    /// <summary>Commits a signed payment, then hands it over.</summary>
    /// <param name="transfer">With signature and bytes.</param>
    /// <param name="call">The call that pays.</param>
    /// <param name="severity">For the audit log.</param>
    /// <param name="together">Adds what commits with it, the answer included; null: the payment is the answer.</param>
    private async Task<Transfer> Enter(TransferRecord transfer, Call call, Severity severity, Action<Changes>? together = null)
    {
        var wallet = Existing();
        if (!_hasReminder)
        {
            // Set before the commit: a payment that nobody would take up after a crash must not exist.
            await Activation.SetReminder(InFlight, parts.Options.ReminderPeriod, parts.Options.ReminderPeriod, call.Cancellation);
            _hasReminder = true;
        }

        var changes = parts.Database.Change();
        var touched = WalletStore.Touch(changes, wallet);
        LimitStore.Spend(changes, call, wallet.WalletId, transfer.Mint, transfer.Amount, transfer.Destination);
        TransferStore.Insert(changes, transfer);
        changes.Audit(call, transfer.Kind == TransferKind.Sweep ? "wallet.sweep" : "wallet.transfer", Id, WalletAudit.Paid(transfer), severity);
        var reply = WalletMessages.Of(transfer);
        if (together is null)
        {
            changes.Answer(call, reply);
        }
        else
        {
            together(changes);
        }

        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = touched;
        _books.Hold(transfer);
        parts.Outbox.Send(Activation, transfer);
        return reply;
    }

    private void TakeIn(TransferRecord transfer)
    {
        if (transfer.IsOpen)
        {
            _books.Hold(transfer);
            return;
        }

        _books.Settle(transfer);
        if (transfer.Status == TransferStatus.Failed || transfer.Kind == TransferKind.Sweep)
        {
            _books.Doubt();
        }
    }

    private WalletRecord Existing() => _wallet ?? throw NoSuch(Id.Key);

    private static ClusterException NoSuch(string walletId) => new(StatusCode.NotFound, $"there is no wallet {walletId}.");
}
