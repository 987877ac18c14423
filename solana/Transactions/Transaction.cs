namespace Cluster.Solana;

/// <summary>
/// The wire format around a message: a count, a signature of 64 bytes for every account that must sign, the message.
/// These methods work on bytes that <see cref="TransactionBuilder"/> wrote; for bytes from elsewhere there is
/// <see cref="TransactionDecoder"/>.
/// </summary>
public static class Transaction
{
    /// <summary>The most bytes a transaction has: an IPv6 packet of 1,280 bytes less its headers.</summary>
    public const int MaxSize = 1232;

    /// <summary>The most accounts a transaction names, those from lookup tables included.</summary>
    public const int MaxAccounts = 64;

    /// <summary>The base fee of every signature in lamports.</summary>
    public const ulong LamportsPerSignature = 5_000;

    private const byte VersionFlag = 0x80;
    private const int HeaderSize = 3;

    /// <summary>How many signatures the transaction needs.</summary>
    /// <exception cref="FormatException">The bytes are no transaction.</exception>
    public static int SignatureCount(ReadOnlySpan<byte> transaction)
    {
        // Up to 12 signatures fit 1,232 bytes, so the count is always one byte.
        if (transaction.Length is 0 or > MaxSize || transaction[0] is 0 or >= VersionFlag) throw NotTransaction();
        return transaction[0];
    }

    /// <summary>The part that is signed.</summary>
    /// <exception cref="FormatException">The bytes are no transaction.</exception>
    public static ReadOnlySpan<byte> Message(ReadOnlySpan<byte> transaction)
    {
        var start = 1 + SignatureCount(transaction) * Signature.Size;
        return start < transaction.Length ? transaction[start..] : throw NotTransaction();
    }

    /// <summary>The signature at an index; index 0 is the fee payer's and names the transaction.</summary>
    /// <exception cref="FormatException">The bytes are no transaction.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The transaction has fewer signatures.</exception>
    public static Signature SignatureAt(ReadOnlySpan<byte> transaction, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, SignatureCount(transaction));
        return Signature.FromBytes(transaction.Slice(1 + index * Signature.Size, Signature.Size));
    }

    /// <summary>Signs in place, at the position of the key among those who must sign.</summary>
    /// <returns>The signature.</returns>
    /// <exception cref="FormatException">The bytes are no transaction.</exception>
    /// <exception cref="ArgumentException">This key does not sign the transaction.</exception>
    public static Signature Sign(Span<byte> transaction, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var at = SignatureOffset(transaction, key.PublicKey);
        key.Sign(Message(transaction), transaction[at..]);
        return Signature.FromBytes(transaction.Slice(at, Signature.Size));
    }

    /// <summary>Puts a signature that was made elsewhere into its place.</summary>
    /// <exception cref="FormatException">The bytes are no transaction.</exception>
    /// <exception cref="ArgumentException">This key does not sign the transaction.</exception>
    public static void SetSignature(Span<byte> transaction, in PublicKey signer, in Signature signature) =>
        signature.CopyTo(transaction[SignatureOffset(transaction, signer)..]);

    /// <summary>Whether every signature is there and true.</summary>
    /// <exception cref="FormatException">The bytes are no transaction.</exception>
    public static bool IsSigned(ReadOnlySpan<byte> transaction)
    {
        var message = Message(transaction);
        var signers = Signers(transaction);
        for (var i = 0; i < SignatureCount(transaction); i++)
        {
            var signer = PublicKey.FromBytes(signers.Slice(i * PublicKey.Size, PublicKey.Size));
            if (!Ed25519.Verify(signer, message, transaction.Slice(1 + i * Signature.Size, Signature.Size))) return false;
        }

        return true;
    }

    private static int SignatureOffset(ReadOnlySpan<byte> transaction, in PublicKey signer)
    {
        var signers = Signers(transaction);
        for (var i = 0; i < SignatureCount(transaction); i++)
        {
            if (signers.Slice(i * PublicKey.Size, PublicKey.Size).SequenceEqual(signer.AsSpan())) return 1 + i * Signature.Size;
        }

        throw new ArgumentException($"{signer} is not among those who sign the transaction", nameof(signer));
    }

    private static ReadOnlySpan<byte> Signers(ReadOnlySpan<byte> transaction)
    {
        var message = Message(transaction);
        var header = message[0] >= VersionFlag ? 1 : 0;
        if (!CompactU16.TryRead(message[Math.Min(message.Length, header + HeaderSize)..], out var accounts, out var size)) throw NotTransaction();

        var keys = header + HeaderSize + size;
        var signers = SignatureCount(transaction);
        if (accounts < signers || message.Length < keys + accounts * PublicKey.Size) throw NotTransaction();
        return message.Slice(keys, signers * PublicKey.Size);
    }

    private static FormatException NotTransaction() => new("the bytes are no transaction");
}
