using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>What a transaction takes out of a wallet.</summary>
/// <param name="Lamports">SOL paid, fee and rent together.</param>
/// <param name="Mint">The token paid; null where it pays SOL.</param>
/// <param name="Tokens">Base units of the token.</param>
internal readonly record struct Debit(ulong Lamports, PublicKey? Mint = null, ulong Tokens = 0)
{
    /// <summary>What an open transfer takes, or will take.</summary>
    /// <exception cref="OverflowException">The row's amounts exceed 2⁶⁴ − 1 lamports together.</exception>
    public static Debit Of(TransferRecord transfer)
    {
        var costs = checked(transfer.FeeLamports + transfer.RentLamports);
        return transfer.Mint is { } mint
            ? new Debit(costs, mint, transfer.Amount)
            : new Debit(checked(transfer.Amount + costs));
    }

    /// <summary>What a transfer that has ended has taken: all, the fee alone, or nothing.</summary>
    public static Debit Final(TransferRecord transfer) => transfer.Status switch
    {
        TransferStatus.Finalized => Of(transfer),
        TransferStatus.Failed => new Debit(transfer.FeeLamports),
        TransferStatus.Expired => default,
        _ => throw new ArgumentException($"transfer {transfer.TransferId} is {transfer.Status}, which is not final", nameof(transfer)),
    };

    /// <summary>How much of an asset it takes.</summary>
    /// <param name="asset">A mint; null for SOL.</param>
    public ulong Of(PublicKey? asset) => asset is null ? Lamports : asset == Mint ? Tokens : 0;
}
