using System.Security.Cryptography;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains.Signers;

/// <summary>Keys that come from outside and go there, sealed on their way.</summary>
public sealed partial class SignerGrain
{
    private const int LargestSealedSecret = SigningKey.SecretKeySize + SealedBox.Overhead;

    private readonly Lock _importGate = new();
    private SealingKey? _importKey;

    /// <summary>The key to which a secret for this wallet is to be sealed; the same one until this activation ends.</summary>
    /// <param name="request">Names the wallet.</param>
    /// <param name="call">The call.</param>
    public Task<OfferImportKeyReply> OfferImportKey(OfferImportKeyRequest request, Call call)
    {
        lock (_importGate)
        {
            _importKey ??= SealingKey.Generate();
            return Task.FromResult(new OfferImportKeyReply { PublicKey = ByteString.CopyFrom(_importKey.PublicKey.Span) });
        }
    }

    /// <summary>Opens a secret that was sealed to this signer and seals it as the wallet's key. Whoever asked commits it.</summary>
    /// <param name="request">Wallet and secret.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.InvalidArgument"/>: the secret is no key; <see cref="StatusCode.FailedPrecondition"/>: it was
    /// sealed to another key than this activation's, or the wallet has a key.
    /// </exception>
    public async Task<SealImportReply> SealImport(SealImportRequest request, Call call)
    {
        if (await keys.Find(request.WalletId, call.Cancellation) is { } existing)
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition, $"wallet {request.WalletId} has the key {existing.PublicKey} already; choose another wallet_id.");
        }

        using var key = OpenImport(request);
        var sealedKey = await seals.Seal(key, request.WalletId, FirstVersion, call.Cancellation);
        EndImport();
        return new SealImportReply
        {
            PublicKey = Bytes(sealedKey.PublicKey),
            KeyVersion = sealedKey.Version,
            Ciphertext = ByteString.CopyFrom(sealedKey.Ciphertext.Span),
            WrappedDataKey = ByteString.CopyFrom(sealedKey.WrappedDataKey.Span),
            KeyEncryptionKeyId = sealedKey.KeyEncryptionKeyId,
        };
    }

    /// <summary>Seals the wallet's secret key to somebody's X25519 key.</summary>
    /// <param name="request">Wallet and recipient.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: the recipient's key is none.</exception>
    public async Task<SealExportReply> SealExport(SealExportRequest request, Call call)
    {
        using var lease = await Borrow(request.WalletId, call.Cancellation);
        var key = lease.Key.InMemory
            ?? throw new ClusterException(
                StatusCode.FailedPrecondition, $"the key of wallet {request.WalletId} is in an HSM, which does not give it out.");
        using var secret = new SecretBytes(SigningKey.SecretKeySize);
        key.CopySeedTo(secret.Span);
        key.PublicKey.CopyTo(secret.Span[SigningKey.SeedSize..]);
        try
        {
            return new SealExportReply
            {
                PublicKey = Bytes(key.PublicKey),
                SealedSecret = ByteString.CopyFrom(
                    SealedBox.Seal(request.RecipientPublicKey.Span, SealingPurpose.Export(request.WalletId), secret.Span)),
            };
        }
        catch (CryptographicException error)
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"recipient_public_key is no X25519 key: {error.Message}.");
        }
    }

    /// <inheritdoc/>
    protected internal override Task OnDeactivate(CancellationToken cancellationToken)
    {
        EndImport();
        return Task.CompletedTask;
    }

    /// <summary>Wipes the wallet's key from this process's memory; where there are more processes with opened keys, from theirs with its time to live.</summary>
    /// <param name="request">Names the wallet.</param>
    /// <param name="call">The call.</param>
    public Task<ForgetKeyReply> ForgetKey(ForgetKeyRequest request, Call call)
    {
        _last = null;
        opened.Evict(request.WalletId);
        return Task.FromResult(new ForgetKeyReply());
    }

    private SigningKey OpenImport(SealImportRequest request)
    {
        var length = request.SealedSecret.Length - SealedBox.Overhead;
        if (length is not (SigningKey.SeedSize or SigningKey.SecretKeySize))
        {
            throw new ClusterException(
                StatusCode.InvalidArgument,
                $"sealed_secret has {request.SealedSecret.Length} bytes; a sealed seed has {SigningKey.SeedSize + SealedBox.Overhead}, a sealed secret key {LargestSealedSecret}.");
        }

        using var secret = new SecretBytes(length);
        lock (_importGate)
        {
            Unseal(request, secret);
        }

        if (!secret.Span[..SigningKey.SeedSize].ContainsAnyExcept((byte)0))
        {
            throw new ClusterException(StatusCode.InvalidArgument, "the key is all zeros: everybody knows it.");
        }

        try
        {
            return length == SigningKey.SeedSize ? SigningKey.FromSeed(secret.Span) : SigningKey.FromSecretKeyBytes(secret.Span);
        }
        catch (ArgumentException)
        {
            throw new ClusterException(
                StatusCode.InvalidArgument, "the public half of the secret key does not belong to its seed: it is damaged, or made of two keys.");
        }
    }

    /// <summary>One answer for all reasons: who guesses learns nothing.</summary>
    private void Unseal(SealImportRequest request, SecretBytes secret)
    {
        try
        {
            if (_importKey is not null)
            {
                _importKey.Open(request.SealedSecret.Span, SealingPurpose.Import(request.WalletId), secret.Span);
                return;
            }
        }
        catch (CryptographicException)
        {
            secret.Span.Clear();
        }

        throw new ClusterException(
            StatusCode.FailedPrecondition,
            $"the secret for wallet {request.WalletId} was not sealed to the key that its signer has now; call PrepareImport again and seal it to that one.");
    }

    private void EndImport()
    {
        lock (_importGate)
        {
            _importKey?.Dispose();
            _importKey = null;
        }
    }
}
