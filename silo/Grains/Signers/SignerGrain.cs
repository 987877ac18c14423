using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains.Signers;

/// <summary>
/// Holds one wallet's private key, opened at the first need and wiped when the activation ends. Nothing but public keys
/// and signatures ever leaves it.
/// </summary>
/// <param name="keys">Sealed keys.</param>
/// <param name="envelope">Seals and opens them.</param>
public sealed class SignerGrain(WalletKeyStore keys, KeyEnvelope envelope) : Grain
{
    /// <summary>Messages in one call at most.</summary>
    public const int MaxMessages = 1_024;

    private const int FirstVersion = 1;

    private readonly Lock _gate = new();
    private Task<SigningKey>? _key;

    /// <summary>Makes the wallet's key, or answers with the address of the one that it has.</summary>
    /// <param name="request">Names the wallet.</param>
    /// <param name="call">The call.</param>
    public async Task<CreateKeyReply> CreateKey(CreateKeyRequest request, Call call)
    {
        if (await keys.Find(request.WalletId, call.Cancellation) is { } existing)
        {
            return new CreateKeyReply { PublicKey = Bytes(existing.PublicKey) };
        }

        using var key = SigningKey.Generate();
        var sealedKey = await envelope.Seal(key, request.WalletId, FirstVersion, call.Cancellation);
        await keys.Insert(sealedKey, "signer.create_key", call);
        return new CreateKeyReply { PublicKey = Bytes(key.PublicKey) };
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

        var key = await Open(request.WalletId, call.Cancellation);
        RequireSigner(request, key.PublicKey);
        var reply = new SignMessagesReply();
        reply.Signatures.Capacity = request.Messages.Count;
        var signatures = new byte[request.Messages.Count * Signature.Size];
        for (var i = 0; i < request.Messages.Count; i++)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            var signature = signatures.AsMemory(i * Signature.Size, Signature.Size);
            key.Sign(request.Messages[i].Span, signature.Span);
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
        using var child = Derive(await Open(request.WalletId, call.Cancellation), path);
        if (await keys.Find(request.ChildWalletId, call.Cancellation) is { } existing)
        {
            return existing.PublicKey == child.PublicKey
                ? new DeriveKeyReply { PublicKey = Bytes(child.PublicKey) }
                : throw new ClusterException(
                    StatusCode.FailedPrecondition,
                    $"wallet {request.ChildWalletId} has the key {existing.PublicKey}, which is not the one at {Slip10.Format(path)} below wallet {request.WalletId}; choose another id.");
        }

        var sealedKey = await envelope.Seal(child, request.ChildWalletId, FirstVersion, call.Cancellation);
        await keys.Insert(sealedKey, "signer.derive_key", call);
        return new DeriveKeyReply { PublicKey = Bytes(child.PublicKey) };
    }

    /// <inheritdoc/>
    protected internal override Task OnDeactivate(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // One still being opened, whose caller has given up, is wiped when it comes.
            _ = _key?.ContinueWith(
                static opened => opened.Result.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return Task.CompletedTask;
    }

    /// <summary>Calls that sign may overlap: the first opens the key for all of them, so it does not end with its caller.</summary>
    private Task<SigningKey> Open(string walletId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_key is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _key = OpenSealed(walletId, CancellationToken.None);
            }

            return _key.WaitAsync(cancellationToken);
        }
    }

    private async Task<SigningKey> OpenSealed(string walletId, CancellationToken cancellationToken)
    {
        var sealedKey = await keys.Find(walletId, cancellationToken)
            ?? throw new ClusterException(StatusCode.NotFound, $"there is no wallet {walletId}.");
        return await envelope.Open(sealedKey, cancellationToken);
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
