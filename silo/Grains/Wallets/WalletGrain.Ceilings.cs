using Cluster.Silo.Grains.Wallets.Custody;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>A hot wallet keeps no more than its ceilings; what is above them goes to its parent.</summary>
internal sealed partial class WalletGrain
{
    private const string Ceilings = "ceilings";

    /// <summary>Sets or takes away a ceiling.</summary>
    /// <param name="request">Mint and amount.</param>
    /// <param name="call">The call.</param>
    public async Task<CeilingsReply> SetCeiling(SetCeilingRequest request, Call call)
    {
        var wallet = Existing();
        if (wallet.Kind != WalletKind.Hot)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} is {wallet.Kind}; only HOT wallets have ceilings.");
        }

        PublicKey? mint = request.Mint.Length == 0 ? null : PaymentOrder.Address(request.Mint, "mint");
        var before = await parts.Ceilings.List(wallet.WalletId, call.Cancellation);
        IReadOnlyList<Ceiling> after = [.. before.Where(ceiling => ceiling.Mint != mint), .. request.Remove ? [] : new[] { new Ceiling(mint, request.Amount) }];
        if (after.Count > BalanceReader.MaxMints)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"a wallet has at most {BalanceReader.MaxMints} ceilings; take one away first.");
        }

        if (after.Count > 0)
        {
            // Set before the commit: a ceiling that nobody looks after must not exist.
            await Activation.SetReminder(Ceilings, parts.Options.ReminderPeriod, parts.Options.ReminderPeriod, call.Cancellation);
        }

        var changes = parts.Database.Change();
        var touched = WalletStore.Touch(changes, wallet);
        if (request.Remove)
        {
            CeilingStore.Remove(changes, wallet.WalletId, mint);
        }
        else
        {
            CeilingStore.Set(changes, wallet.WalletId, new Ceiling(mint, request.Amount));
        }

        changes.Audit(
            call,
            request.Remove ? "wallet.remove_ceiling" : "wallet.set_ceiling",
            Id,
            new AuditDetail().Add("mint", request.Mint).Add("amount", request.Amount).ToString());
        var reply = CeilingMessages.Of(after);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = touched;
        return reply;
    }

    /// <summary>The wallet's ceilings.</summary>
    /// <param name="request">Names the wallet.</param>
    /// <param name="call">The call.</param>
    public async Task<CeilingsReply> GetCeilings(GetCeilingsRequest request, Call call) =>
        CeilingMessages.Of(await parts.Ceilings.List(Existing().WalletId, call.Cancellation));

    /// <summary>
    /// Pays what is above a ceiling to the parent, one asset a turn. What is reserved counts as gone, so a sweep that is
    /// in flight, or that an earlier life signed, is not made again.
    /// </summary>
    private async Task LowerToCeilings(Call call)
    {
        var ceilings = await parts.Ceilings.List(Id.Key, call.Cancellation);
        if (_wallet is not { Kind: WalletKind.Hot, DeletedAt: null, ParentWalletId: { } parentId } wallet || ceilings.Count == 0)
        {
            await Activation.RemoveReminder(Ceilings, call.Cancellation);
            return;
        }

        if (WalletConduct.Refusal(wallet) is not null || await parts.Wallets.Find(parentId, call.Cancellation) is not { DeletedAt: null } parent)
        {
            return;
        }

        var mints = ceilings.Where(ceiling => ceiling.Mint is not null).Select(ceiling => ceiling.Mint!.Value).ToArray();
        var balances = (await parts.Chain.Guard(() => parts.Balances.Read(wallet.Address, mints, _books, call.Cancellation))).ToArray();
        foreach (var ceiling in ceilings)
        {
            var balance = balances.First(held => held.Mint == (ceiling.Mint?.ToString() ?? ""));
            if (balance.Available > ceiling.Amount
                && await PayExcess(wallet, parent, ceiling.Mint, balance.Available - ceiling.Amount, call))
            {
                return;
            }
        }
    }

    private async Task<bool> PayExcess(WalletRecord wallet, WalletRecord parent, PublicKey? mint, ulong excess, Call call)
    {
        var order = new PaymentOrder(parent.Address, mint, excess, "");
        var facts = await parts.Chain.Guard(() => parts.Payments.Read(wallet.Address, order, call.Cancellation));
        var plan = PaymentPlan.Make(wallet.Address, order, facts, _variety.SpareUnits(order, facts.Terms.Blockhash.Blockhash));
        if (mint is null && !ExcessRule.IsWorthItsFee(excess, plan.Fee))
        {
            return false;
        }

        Observe(facts);
        InsufficientFunds.Refuse(_books, plan);
        await Pay(UnsignedTransfer.Of(wallet.WalletId, plan, parts.Now), TransactionWriter.Write(plan), call, Severity.Low);
        return true;
    }
}
