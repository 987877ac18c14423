using Cluster.Silo.Grains.Wallets.Custody;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Where the wallet's key comes from and goes to, and whether it may pay.</summary>
internal sealed partial class WalletGrain
{
    /// <summary>Makes a wallet with a key derived from its parent's.</summary>
    /// <param name="request">Its id, kind, label, parent and account.</param>
    /// <param name="call">The call.</param>
    public async Task<Wallet> CreateChildWallet(CreateChildWalletRequest request, Call call)
    {
        WalletIds.Check(request.WalletId, request.Kind, request.Label, WalletIds.Derived);
        RequireFree(request.WalletId);
        if (request.Account >= Slip10.Hardened)
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"account {request.Account} is not below 2^31.");
        }

        var parent = await FindParent(request.ParentWalletId, call) ?? throw NoSuch(request.ParentWalletId);
        WalletConduct.RequireMayPay(parent);
        var path = DerivationPath.OfAccount(request.Account);
        var derivation = new DeriveKeyRequest { WalletId = parent.WalletId, ChildWalletId = request.WalletId };
        derivation.DerivationPath.AddRange(path);
        var key = await Grains.Call<DeriveKeyReply>(derivation, call with { Idempotency = null });
        return await Insert(
            new WalletRecord(
                request.WalletId, request.Kind, PublicKey.FromBytes(key.PublicKey.Span), request.Label, parent.WalletId, Slip10.Format(path), parts.Now, Version: 1),
            call);
    }

    /// <summary>The key to which the secret of an import is to be sealed.</summary>
    /// <param name="request">Names the wallet to be.</param>
    /// <param name="call">The call.</param>
    public async Task<PrepareImportReply> PrepareImport(PrepareImportRequest request, Call call)
    {
        WalletIds.CheckId(request.WalletId);
        RequireFree(request.WalletId);
        var offer = await Grains.Call<OfferImportKeyReply>(new OfferImportKeyRequest { WalletId = request.WalletId }, call with { Idempotency = null });
        return new PrepareImportReply { PublicKey = offer.PublicKey };
    }

    /// <summary>Makes a wallet with a key that was made elsewhere. Key and wallet commit together.</summary>
    /// <param name="request">The wallet and its sealed secret.</param>
    /// <param name="call">The call.</param>
    public async Task<Wallet> ImportWallet(ImportWalletRequest request, Call call)
    {
        WalletIds.Check(request.WalletId, request.Kind, request.Label, WalletIds.Imported);
        RequireFree(request.WalletId);
        var path = ImportOrder.Path(request);
        var parent = await FindParent(request.ParentWalletId, call);
        if (parent is null && request.Kind == WalletKind.Hot)
        {
            throw new ClusterException(StatusCode.InvalidArgument, "parent_wallet_id is missing: what is above a HOT wallet's ceilings goes there.");
        }

        var reply = await Grains.Call<SealImportReply>(
            new SealImportRequest { WalletId = request.WalletId, SealedSecret = request.SealedSecret }, call with { Idempotency = null });
        var key = ImportOrder.Key(request.WalletId, reply);
        ImportOrder.RequireAddress(request, key.PublicKey);
        await RequireUnknown(key.PublicKey, call);
        var wallet = new WalletRecord(
            request.WalletId, request.Kind, key.PublicKey, request.Label, parent?.WalletId, path, parts.Now, Version: 1);
        var changes = parts.Database.Change();
        WalletKeyStore.Insert(changes, key, wallet.CreatedAt);
        return await Insert(changes, wallet, "wallet.import", call);
    }

    /// <summary>Takes in an address whose key is elsewhere.</summary>
    /// <param name="request">The address.</param>
    /// <param name="call">The call.</param>
    public async Task<Wallet> WatchWallet(WatchWalletRequest request, Call call)
    {
        var kind = request.Kind == WalletKind.Unspecified ? WalletKind.WatchOnly : request.Kind;
        WalletIds.Check(request.WalletId, kind, request.Label, WalletIds.Elsewhere);
        RequireFree(request.WalletId);
        var address = PaymentOrder.Address(request.Address, "address");
        var parent = await FindParent(request.ParentWalletId, call);
        await RequireUnknown(address, call);
        return await Insert(
            parts.Database.Change(),
            new WalletRecord(request.WalletId, kind, address, request.Label, parent?.WalletId, null, parts.Now, Version: 1),
            "wallet.watch",
            call);
    }

    /// <summary>Gives the private key, sealed, to the holder of another key.</summary>
    /// <param name="request">Who shall have it.</param>
    /// <param name="call">The call.</param>
    public async Task<ExportKeyReply> ExportKey(ExportKeyRequest request, Call call)
    {
        var wallet = Existing();
        WalletConduct.RequireMayPay(wallet);
        if (wallet.Kind == WalletKind.Lane)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} belongs to a campaign's lane, whose key stays here.");
        }

        var sealedKey = await Grains.Call<SealExportReply>(
            new SealExportRequest { WalletId = wallet.WalletId, RecipientPublicKey = request.RecipientPublicKey }, call with { Idempotency = null });
        var reply = new ExportKeyReply
        {
            WalletId = wallet.WalletId,
            Address = wallet.Address.ToString(),
            SealedSecret = sealedKey.SealedSecret,
        };
        var changes = parts.Database.Change();
        changes.Audit(
            call,
            "wallet.export_key",
            Id,
            new AuditDetail()
                .Add("address", reply.Address)
                .Add("recipient_public_key", Convert.ToHexStringLower(request.RecipientPublicKey.Span))
                .ToString(),
            Severity.High);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        return reply;
    }

    /// <summary>Stops payments from the wallet.</summary>
    /// <param name="request">Why.</param>
    /// <param name="call">The call.</param>
    public Task<Wallet> FreezeWallet(FreezeWalletRequest request, Call call)
    {
        WalletIds.CheckReason(request.Reason);
        return Existing().Freeze is { } freeze
            ? throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {request.WalletId} is frozen already, since {freeze.At:u}: {freeze.Reason}.")
            : SetFreeze(new WalletFreeze(parts.Now, request.Reason), "wallet.freeze", request.Reason, call);
    }

    /// <summary>Lets the wallet pay again.</summary>
    /// <param name="request">Why.</param>
    /// <param name="call">The call.</param>
    public Task<Wallet> UnfreezeWallet(UnfreezeWalletRequest request, Call call)
    {
        WalletIds.CheckReason(request.Reason);
        return Existing().Freeze is null
            ? throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {request.WalletId} is not frozen.")
            : SetFreeze(null, "wallet.unfreeze", request.Reason, call);
    }

    private async Task<Wallet> SetFreeze(WalletFreeze? freeze, string operation, string reason, Call call)
    {
        var changes = parts.Database.Change();
        var changed = WalletStore.SetFreeze(changes, Existing(), freeze);
        changes.Audit(call, operation, Id, new AuditDetail().Add("reason", reason).ToString(), Severity.Medium);
        var reply = WalletMessages.Of(changed);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = changed;
        return reply;
    }

    private void RequireFree(string walletId)
    {
        if (_wallet is not null)
        {
            throw new ClusterException(StatusCode.AlreadyExists, $"there is a wallet {walletId} already; choose another wallet_id.");
        }
    }

    private async Task RequireUnknown(PublicKey address, Call call)
    {
        if (await parts.Wallets.IsKnown(address, call.Cancellation))
        {
            throw new ClusterException(StatusCode.AlreadyExists, $"there is a wallet with the address {address} already.");
        }
    }

    /// <summary>The wallet that a new one is to stand under; null where none is named.</summary>
    private async Task<WalletRecord?> FindParent(string parentWalletId, Call call)
    {
        if (parentWalletId.Length == 0)
        {
            return null;
        }

        var parent = await parts.Wallets.Find(parentWalletId, call.Cancellation) ?? throw NoSuch(parentWalletId);
        return parent.DeletionRequestedAt is not null
            ? throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {parentWalletId} is to be deleted; nothing can stand under it.")
            : parent.Kind == WalletKind.Lane
            ? throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {parentWalletId} belongs to a campaign's lane, which has no wallets below it.")
            : parent;
    }
}
