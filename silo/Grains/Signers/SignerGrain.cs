using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Opened;
using Cluster.Silo.Keys.Pkcs11;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains.Signers;

/// <summary>
/// Signs with one wallet's private key, which it borrows for each call from those that are open in this process. Nothing
/// but public keys and signatures ever leaves it.
/// </summary>
/// <param name="keys">Sealed keys.</param>
/// <param name="seals">Seals new ones.</param>
/// <param name="hsm">Makes those that an HSM keeps.</param>
/// <param name="opened">Lends those that are open.</param>
public sealed partial class SignerGrain(WalletKeyStore keys, KeySeals seals, HsmKeys hsm, OpenedKeys opened) : Grain
{
    /// <summary>Messages in one call at most.</summary>
    public const int MaxMessages = 1_024;

    private const int FirstVersion = 1;

    /// <summary>Borrowed last, so that the next call need not look for it.</summary>
    private OpenedKey? _last;

    /// <summary>Makes the wallet's key, or answers with the address of the one that it has.</summary>
    /// <param name="request">Names the wallet.</param>
    /// <param name="call">The call.</param>
    public async Task<CreateKeyReply> CreateKey(CreateKeyRequest request, Call call)
    {
        if (await keys.Find(request.WalletId, call.Cancellation) is { } existing)
        {
            return new CreateKeyReply { PublicKey = Bytes(existing.PublicKey) };
        }

        var made = request.InHsm ? CreateInHsm(request.WalletId) : await Seal(request.WalletId, call.Cancellation);
        await keys.Insert(made, "signer.create_key", call);
        return new CreateKeyReply { PublicKey = Bytes(made.PublicKey) };
    }

    /// <summary>Signs messages of which the wallet is a required signer.</summary>
    /// <param name="request">At most <see cref="MaxMessages"/>.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.PermissionDenied"/>: the wallet does not sign one of them; nothing was signed.
    /// </exception>
    public async Task<SignMessagesReply> SignMessages(SignMessagesRequest request, Call call)
    {
        if (request.Messages.Count > MaxMessages)
        {
            throw new ClusterException(
                StatusCode.InvalidArgument, $"{request.Messages.Count} messages are too many for one call; at most {MaxMessages} are signed at once.");
        }

        using var lease = await Borrow(request.WalletId, call.Cancellation);
        var key = lease.Key;
        RequireSigner(request, key.PublicKey);
        var reply = new SignMessagesReply();
        reply.Signatures.Capacity = request.Messages.Count;
        var signatures = new byte[request.Messages.Count * Signature.Size];
        for (var i = 0; i < request.Messages.Count; i++)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            var signature = signatures.AsMemory(i * Signature.Size, Signature.Size);
            Sign(key, request.Messages[i].Span, signature.Span);
            reply.Signatures.Add(UnsafeByteOperations.UnsafeWrap(signature));
        }

        return reply;
    }

    /// <summary>Derives a child's key and stores it sealed for the child's signer.</summary>
    /// <param name="request">Names parent, child and path.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.FailedPrecondition"/>: the child has another key already; <see cref="StatusCode.InvalidArgument"/>: the path.
    /// </exception>
    public async Task<DeriveKeyReply> DeriveKey(DeriveKeyRequest request, Call call)
    {
        var path = RequirePath(request);
        using var child = await DeriveChild(request, path, call.Cancellation);
        if (await keys.Find(request.ChildWalletId, call.Cancellation) is { } existing)
        {
            return existing.PublicKey == child.PublicKey
                ? new DeriveKeyReply { PublicKey = Bytes(child.PublicKey) }
                : throw new ClusterException(
                    StatusCode.FailedPrecondition,
                    $"wallet {request.ChildWalletId} has the key {existing.PublicKey}, which is not the one at {Slip10.Format(path)} below wallet {request.WalletId}; choose another id.");
        }

        if (await keys.FindOwner(child.PublicKey, call.Cancellation) is { } owner)
        {
            throw new ClusterException(
                StatusCode.AlreadyExists, $"the key at {Slip10.Format(path)} below wallet {request.WalletId} is that of wallet {owner} already; choose another path.");
        }

        var sealedKey = await seals.Seal(child, request.ChildWalletId, FirstVersion, call.Cancellation);
        await keys.Insert(sealedKey, "signer.derive_key", call);
        return new DeriveKeyReply { PublicKey = Bytes(child.PublicKey) };
    }

    private async Task<SealedKey> Seal(string walletId, CancellationToken cancellationToken)
    {
        using var key = SigningKey.Generate();
        return await seals.Seal(key, walletId, FirstVersion, cancellationToken);
    }

    private SealedKey CreateInHsm(string walletId)
    {
        try
        {
            return hsm.Create(walletId, FirstVersion);
        }
        catch (KeyException error)
        {
            throw error.ToClusterException();
        }
    }

    private async Task<SigningKey> DeriveChild(DeriveKeyRequest request, uint[] path, CancellationToken cancellationToken)
    {
        using var lease = await Borrow(request.WalletId, cancellationToken);
        var parent = lease.Key.InMemory
            ?? throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"the key of wallet {request.WalletId} is in an HSM, which does not give it out: no child can be derived from it.");
        return Derive(parent, path);
    }

    private async ValueTask<KeyLease> Borrow(string walletId, CancellationToken cancellationToken)
    {
        if (opened.TryBorrow(_last, out var lease))
        {
            return lease;
        }

        lease = await opened.Borrow(walletId, cancellationToken);
        _last = lease.Opened;
        return lease;
    }

    private static void Sign(IWalletKey key, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        try
        {
            key.Sign(message, signature);
        }
        catch (KeyException error)
        {
            throw error.ToClusterException();
        }
    }

    private static void RequireSigner(SignMessagesRequest request, in PublicKey key)
    {
        for (var i = 0; i < request.Messages.Count; i++)
        {
            if (!MessageSigners.Include(request.Messages[i].Span, key))
            {
                throw new ClusterException(
                    StatusCode.PermissionDenied,
                    $"message {i + 1} of {request.Messages.Count} does not require a signature of wallet {request.WalletId} ({key}); nothing was signed.");
            }
        }
    }

    private static uint[] RequirePath(DeriveKeyRequest request)
    {
        uint[] path = [.. request.DerivationPath];
        if (path.Length is 0 or > Slip10.MaxDepth || Array.Exists(path, index => index >= Slip10.Hardened))
        {
            throw new ClusterException(
                StatusCode.InvalidArgument,
                $"{Slip10.Format(path)} is no derivation path: it has 1 to {Slip10.MaxDepth} indexes, each below 2^31.");
        }

        if (request.ChildWalletId.Length == 0 || request.ChildWalletId == request.WalletId)
        {
            throw new ClusterException(StatusCode.InvalidArgument, "child_wallet_id must name another wallet than the parent.");
        }

        return path;
    }

    private static SigningKey Derive(SigningKey parent, uint[] path)
    {
        using var seed = new SecretBytes(SigningKey.SeedSize);
        parent.CopySeedTo(seed.Span);
        return Slip10.Derive(seed.Span, path);
    }

    private static ByteString Bytes(in PublicKey key) => ByteString.CopyFrom(key.AsSpan());
}
