using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Transfers into the lane's wallet and back. Each is asked for under a request id made of lane, kind and attempt, so
/// that asking again, after whatever death, is the same transfer.
/// </summary>
internal sealed class LaneDeposits(LaneContext lane, IGrains grains, TimeProvider time)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks the source for a deposit, if it was not asked before, and waits for its station.</summary>
    /// <param name="kind">Which deposit.</param>
    /// <param name="deposit">Its amount and attempt, as committed.</param>
    /// <param name="isThere">Which stations end the wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">The source refuses it, or cannot be asked.</exception>
    public async Task<Transfer> Bring(
        DepositKind kind, Deposit deposit, Func<TransferStatus, bool> isThere, CancellationToken cancellationToken)
    {
        var request = new TransferRequest
        {
            RequestId = RequestId(kind == DepositKind.Tokens ? "tokens" : "lamports", deposit.Attempt),
            WalletId = lane.Campaign.WalletId,
            Destination = lane.Wallet.ToString(),
            Mint = kind == DepositKind.Tokens ? lane.Mint : "",
            Amount = deposit.Amount,
        };
        var transfer = await grains.Call<Transfer>(request, lane.Call(cancellationToken));
        return await Await(transfer, isThere, cancellationToken);
    }

    /// <summary>Sends all that the lane's wallet holds back to the source, and waits until that is certain.</summary>
    /// <param name="attempt">Part of the request id.</param>
    /// <param name="since">The slot from which on the wallet may be read; the same one for the same attempt.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">The wallet has nothing to send, or cannot be asked.</exception>
    public async Task<Transfer> Sweep(int attempt, ulong since, CancellationToken cancellationToken)
    {
        var request = new SweepWalletRequest
        {
            RequestId = RequestId("sweep", attempt),
            WalletId = lane.LaneId,
            DestinationWalletId = lane.Campaign.WalletId,
            Mint = lane.Mint,
            MinContextSlot = since,
        };
        var transfer = await grains.Call<Transfer>(request, lane.Call(cancellationToken));
        return await Await(transfer, IsFinal, cancellationToken);
    }

    /// <summary>The transfer's outcome can no longer change.</summary>
    public static bool IsFinal(TransferStatus status) =>
        status is TransferStatus.Finalized or TransferStatus.Failed or TransferStatus.Expired;

    /// <summary>The transfer has paid, or never will.</summary>
    public static bool IsKnown(TransferStatus status) => status == TransferStatus.Confirmed || IsFinal(status);

    /// <summary>The transfer has paid.</summary>
    public static bool HasPaid(TransferStatus status) => status is TransferStatus.Confirmed or TransferStatus.Finalized;

    /// <summary>An answer that stays the same however often the question is asked, until somebody changes something.</summary>
    public static bool IsRefusal(ClusterException error) => error.Status
        is StatusCode.FailedPrecondition or StatusCode.InvalidArgument or StatusCode.NotFound
        or StatusCode.AlreadyExists or StatusCode.PermissionDenied or StatusCode.OutOfRange;

    private string RequestId(string what, int attempt) => $"{AnsweredRequests.LanesPrefix}{lane.LaneId}:{what}:{attempt}";

    private async Task<Transfer> Await(Transfer transfer, Func<TransferStatus, bool> isThere, CancellationToken cancellationToken)
    {
        // The first answer may be a recorded one, from before the transfer came to anything.
        while (true)
        {
            transfer = await grains.Call<Transfer>(
                new GetTransferRequest { WalletId = transfer.WalletId, TransferId = transfer.TransferId },
                lane.Call(cancellationToken));
            if (isThere(transfer.Status))
            {
                return transfer;
            }

            await Task.Delay(LookPeriod, time, cancellationToken);
        }
    }
}
