using System.Text;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets.Payments;

/// <summary>What a request to pay asks for, once its fields are known to be sound.</summary>
/// <param name="Destination">The recipient's address.</param>
/// <param name="Mint">Null for SOL.</param>
/// <param name="Amount">Base units that leave the wallet, above zero.</param>
/// <param name="Memo">Empty where there is none.</param>
internal sealed record PaymentOrder(PublicKey Destination, PublicKey? Mint, ulong Amount, string Memo)
{
    /// <summary>Bytes of UTF-8 in a memo at most.</summary>
    public const int MaxMemoBytes = 256;

    /// <summary>Reads a request.</summary>
    /// <param name="request">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: which field is wrong, and why.</exception>
    public static PaymentOrder Read(TransferRequest request)
    {
        if (request.Amount == 0)
        {
            throw Invalid("amount is 0; it must be at least 1 base unit");
        }

        return new PaymentOrder(
            Address(request.Destination, "destination"),
            request.Mint.Length == 0 ? null : Address(request.Mint, "mint"),
            request.Amount,
            CheckedMemo(request.Memo));
    }

    /// <summary>Reads an address.</summary>
    /// <param name="text">Base58.</param>
    /// <param name="field">Names it in the error.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is not one.</exception>
    public static PublicKey Address(string text, string field) =>
        PublicKey.TryParse(text, out var address, out var error) ? address : throw Invalid($"{field} is no address: {error}");

    private static string CheckedMemo(string memo)
    {
        var bytes = Encoding.UTF8.GetByteCount(memo);
        if (bytes > MaxMemoBytes)
        {
            throw Invalid($"memo has {bytes} bytes of UTF-8; at most {MaxMemoBytes} are allowed");
        }

        return memo.Contains('\0', StringComparison.Ordinal) ? throw Invalid("memo holds a zero character") : memo;
    }

    private static ClusterException Invalid(string why) => new(StatusCode.InvalidArgument, why + ".");
}
