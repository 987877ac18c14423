using Cluster.Silo.Grains.Wallets.Custody;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>The end of a wallet: emptied, then deleted in two steps; its key is destroyed, its history stays.</summary>
internal sealed partial class WalletGrain
{
    /// <summary>Sends all that the wallet has of a mint, and all SOL, to another wallet of the cluster.</summary>
    /// <param name="request">Whom to, and the mint.</param>
    /// <param name="call">The call.</param>
    public Task<Transfer> EmptyWallet(EmptyWalletRequest request, Call call)
    {
        var wallet = Existing();
        return wallet.Kind == WalletKind.Lane
            ? throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} belongs to a campaign's lane, which alone pays from it.")
            : SweepWallet(
                new SweepWalletRequest { WalletId = request.WalletId, DestinationWalletId = request.DestinationWalletId, Mint = request.Mint },
                call);
    }

    /// <summary>The first step: from now on nothing is paid from the wallet.</summary>
    /// <param name="request">Why.</param>
    /// <param name="call">The call.</param>
    public async Task<Wallet> RequestDeletion(RequestDeletionRequest request, Call call)
    {
        WalletIds.CheckReason(request.Reason);
        var wallet = Existing();
        DeletionRules.RequireNotBegun(wallet);
        await RequireDeletable(wallet, call);
        var changes = parts.Database.Change();
        var changed = WalletStore.SetDeletion(changes, wallet, requestedAt: parts.Now, deletedAt: null);
        changes.Audit(call, "wallet.request_deletion", Id, new AuditDetail().Add("reason", request.Reason).ToString(), Severity.Medium);
        return await Commit(changes, changed, call);
    }

    /// <summary>Takes the first step back.</summary>
    /// <param name="request">Names the wallet.</param>
    /// <param name="call">The call.</param>
    public Task<Wallet> CancelDeletion(CancelDeletionRequest request, Call call)
    {
        var wallet = Existing();
        DeletionRules.RequireBegun(wallet);
        var changes = parts.Database.Change();
        var changed = WalletStore.SetDeletion(changes, wallet, requestedAt: null, deletedAt: null);
        changes.Audit(call, "wallet.cancel_deletion", Id, severity: Severity.Medium);
        return Commit(changes, changed, call);
    }

    /// <summary>The second step: destroys the key. Wallet and key change together.</summary>
    /// <param name="request">Names the wallet, and its address.</param>
    /// <param name="call">The call.</param>
    public async Task<Wallet> DeleteWallet(DeleteWalletRequest request, Call call)
    {
        var wallet = Existing();
        DeletionRules.RequireBegun(wallet);
        if (request.Address != wallet.Address.ToString())
        {
            throw new ClusterException(
                StatusCode.InvalidArgument, $"address is {request.Address}, and wallet {wallet.WalletId} has {wallet.Address}: name the address of the wallet whose key is to be destroyed.");
        }

        await RequireDeletable(wallet, call);
        if (wallet.HasKeyHere)
        {
            // What is open in memory first: nothing opens it again, for it is this turn that signing would wait for.
            await Grains.Call<ForgetKeyReply>(new ForgetKeyRequest { WalletId = wallet.WalletId }, call with { Idempotency = null });
        }

        var changes = parts.Database.Change();
        var changed = WalletStore.SetDeletion(changes, wallet, wallet.DeletionRequestedAt, deletedAt: parts.Now);
        WalletKeyStore.Shred(changes, wallet.WalletId);
        changes.Audit(call, "wallet.delete", Id, new AuditDetail().Add("address", request.Address).ToString(), Severity.Medium);
        return await Commit(changes, changed, call);
    }

    private async Task<Wallet> Commit(Changes changes, WalletRecord changed, Call call)
    {
        var reply = WalletMessages.Of(changed);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = changed;
        return reply;
    }

    private async Task RequireDeletable(WalletRecord wallet, Call call)
    {
        DeletionRules.RequireIdle(wallet, _books.Open.Count);
        if (await parts.Wallets.FindDependent(wallet.WalletId, call.Cancellation) is { } dependent)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} cannot be deleted: {dependent} depends on it.");
        }

        if (!wallet.HasKeyHere)
        {
            return;
        }

        var mints = await parts.Chain.Guard(() => parts.Balances.ListMints(wallet.Address, call.Cancellation));
        var sol = (await parts.Chain.Guard(() => parts.Balances.Read(wallet.Address, [], _books, call.Cancellation))).First();
        DeletionRules.RequireEmpty(wallet, sol.Confirmed, mints);
    }
}
