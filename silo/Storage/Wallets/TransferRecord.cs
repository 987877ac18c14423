using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Storage.Wallets;

/// <summary>What a transaction of a wallet is for.</summary>
public enum TransferKind
{
    /// <summary>Pays somebody.</summary>
    Transfer,

    /// <summary>Empties the wallet.</summary>
    Sweep,
}

/// <summary>A row of <c>wallet_transactions</c>.</summary>
public sealed record TransferRecord
{
    /// <summary>The transfer.</summary>
    public required Guid TransferId { get; init; }

    /// <summary>The wallet that pays.</summary>
    public required string WalletId { get; init; }

    /// <summary>What it is for.</summary>
    public required TransferKind Kind { get; init; }

    /// <summary>The recipient's address.</summary>
    public required PublicKey Destination { get; init; }

    /// <summary>Null for SOL.</summary>
    public required PublicKey? Mint { get; init; }

    /// <summary>What leaves the wallet, in base units of the mint, or lamports.</summary>
    public required ulong Amount { get; init; }

    /// <summary>Put on chain with it; empty where there is none.</summary>
    public required string Memo { get; init; }

    /// <summary>What is known of its fate.</summary>
    public required TransferStatus Status { get; init; }

    /// <summary>Lamports of the fee: reserved while it is in flight, paid once it has landed.</summary>
    public required ulong FeeLamports { get; init; }

    /// <summary>Lamports of the rent of a token account made for the recipient.</summary>
    public required ulong RentLamports { get; init; }

    /// <summary>The signed bytes; empty once the outcome is final.</summary>
    public required ReadOnlyMemory<byte> Transaction { get; init; }

    /// <summary>By which the chain knows it.</summary>
    public required Signature Signature { get; init; }

    /// <summary>The last block height at which it can land.</summary>
    public required ulong LastValidBlockHeight { get; init; }

    /// <summary>Where it landed; 0 until then.</summary>
    public required ulong Slot { get; init; }

    /// <summary>Why it failed, in words.</summary>
    public required string Error { get; init; }

    /// <summary>When it was signed and committed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its outcome became final; null until then.</summary>
    public required DateTimeOffset? SettledAt { get; init; }

    /// <summary>Whether its outcome can still change.</summary>
    public bool IsOpen => Status is TransferStatus.Pending or TransferStatus.Confirmed;

    /// <summary>What the sender is given.</summary>
    public SignedTransaction ToSigned() => new(Signature, Transaction, LastValidBlockHeight);
}
