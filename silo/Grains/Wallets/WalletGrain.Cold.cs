using Cluster.Silo.Grains.Wallets.Custody;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;
using Transfer = Cluster.V1.Transfer;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Payments of a wallet whose key is kept offline.</summary>
internal sealed partial class WalletGrain
{
    /// <summary>Makes the transaction of a payment, to be signed elsewhere.</summary>
    /// <param name="request">Whom, what and how much.</param>
    /// <param name="call">The call.</param>
    public async Task<PreparedPayment> PreparePayment(PreparePaymentRequest request, Call call)
    {
        var order = PaymentOrder.Read(new TransferRequest
        {
            Destination = request.Destination,
            Mint = request.Mint,
            Amount = request.Amount,
            Memo = request.Memo,
        });
        var wallet = ColdPayer(order, call);
        var facts = await parts.Chain.Guard(() => parts.Payments.Read(wallet.Address, order, call.Cancellation));
        var plan = PaymentPlan.Make(wallet.Address, order, facts, _variety.SpareUnits(order, facts.Terms.Blockhash.Blockhash));
        Observe(facts);
        InsufficientFunds.Refuse(_books, plan);
        var payment = UnsignedTransfer.Of(wallet.WalletId, plan, parts.Now) with { Transaction = TransactionWriter.Write(plan) };
        var changes = parts.Database.Change();
        var touched = WalletStore.Touch(changes, wallet);
        ColdPaymentStore.Insert(changes, payment);
        changes.Audit(call, "wallet.prepare_payment", Id, WalletAudit.Prepared(payment));
        var reply = ColdPayment.Message(payment);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = touched;
        return reply;
    }

    /// <summary>Takes a signed transaction back, once it is known to be the one that was given out, and sends it.</summary>
    /// <param name="request">The payment, signed.</param>
    /// <param name="call">The call.</param>
    public async Task<Transfer> SubmitPayment(SubmitPaymentRequest request, Call call)
    {
        var wallet = Existing();
        if (!Guid.TryParse(request.PaymentId, out var paymentId))
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"payment_id {request.PaymentId} is none: it is the one that PreparePayment answered with.");
        }

        var prepared = await parts.ColdPayments.Find(wallet.WalletId, paymentId, call.Cancellation)
            ?? throw new ClusterException(StatusCode.NotFound, $"wallet {wallet.WalletId} has no payment {paymentId}.");
        var payment = ColdPayment.Signed(prepared, wallet.Address, request.Transaction.Span);
        if (await parts.Transfers.Find(wallet.WalletId, paymentId, call.Cancellation) is { } sent)
        {
            return WalletMessages.Of(sent);
        }

        var order = new PaymentOrder(prepared.Destination, prepared.Mint, prepared.Amount, prepared.Memo);
        ColdPayer(order, call);
        var facts = await parts.Chain.Guard(() => parts.Payments.Read(wallet.Address, order, call.Cancellation));
        ColdPayment.RequireInTime(prepared, facts.Terms.Blockhash.LastValidBlockHeight);
        Observe(facts);
        InsufficientFunds.Refuse(_books, PaymentPlan.Make(wallet.Address, order, facts, spareUnits: 0));
        return await Enter(
            payment with { CreatedAt = parts.Now },
            call,
            parts.Options.SeverityOf(order.Amount, facts.Token?.Mint.Decimals, call.Caller));
    }

    private WalletRecord ColdPayer(PaymentOrder order, Call call)
    {
        var wallet = Existing();
        return wallet.Kind == WalletKind.Cold
            ? MayPay(WalletConduct.Unheld(wallet), order, call)
            : throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} is {wallet.Kind}, not COLD: call Transfer to pay from it.");
    }
}
