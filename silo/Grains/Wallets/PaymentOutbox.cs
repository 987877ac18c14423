using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>
/// Hands committed payments to the sender, beside the turns: a sender without room must not hold a wallet. Where that
/// fails, or the process dies first, the wallet's reminder does it again; the sender knows a payment by its signature.
/// </summary>
/// <param name="sender">Sends until the outcome is certain.</param>
/// <param name="grains">Brings outcomes back to wallets.</param>
/// <param name="logger">Says what could not be handed over.</param>
internal sealed class PaymentOutbox(ITransactionSender sender, IGrains grains, ILogger<PaymentOutbox> logger)
{
    /// <summary>Sends a payment that was committed just now.</summary>
    /// <param name="wallet">The wallet's activation; what waits stops with it.</param>
    /// <param name="payment">Committed, with its bytes.</param>
    public void Send(IActivation wallet, TransferRecord payment) =>
        _ = Submit(wallet.Id.Key, [payment.ToSigned()], SubmitOptions.Fresh, wallet.Stopping);

    /// <summary>Takes up payments that an earlier activation may have sent.</summary>
    /// <param name="wallet">The wallet's activation; what waits stops with it.</param>
    /// <param name="payments">Whose outcome can still change.</param>
    public void TakeUp(IActivation wallet, IReadOnlyCollection<TransferRecord> payments)
    {
        if (payments.Count > 0)
        {
            WalletLog.TakenUp(logger, wallet.Id.Key, payments.Count);
            _ = Submit(wallet.Id.Key, [.. payments.Select(payment => payment.ToSigned())], SubmitOptions.TakenUp, wallet.Stopping);
        }
    }

    /// <summary>Never throws: nobody waits for it.</summary>
    private async Task Submit(
        string walletId, IReadOnlyList<SignedTransaction> payments, SubmitOptions options, CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await sender.Submit(payments, new WalletOutcomeSink(grains, walletId), options, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            WalletLog.LeftForLater(logger, walletId, payments.Count);
        }
#pragma warning disable CA1031 // Whatever it was, the reminder submits again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            WalletLog.NotSubmitted(logger, walletId, payments.Count, error);
        }
    }
}
