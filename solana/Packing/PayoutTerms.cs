namespace Cluster.Solana;

/// <summary>What all transactions of a campaign lane have in common.</summary>
public abstract record PayoutTerms
{
    /// <summary>Signs first, pays fees and rent.</summary>
    public required PublicKey FeePayer { get; init; }

    /// <summary>The offered price of a compute unit in microlamports; 0 offers nothing and spares the instruction.</summary>
    public ulong ComputeUnitPrice { get; init; }

    /// <summary>The most compute units that a transaction asks for, at most <see cref="ComputeBudget.MaxComputeUnits"/>.</summary>
    public uint MaxComputeUnits { get; init; } = ComputeBudget.MaxComputeUnits;

    /// <summary>
    /// Compute units to ask for beyond what the instructions are reckoned to take. Two transactions that pay the same and
    /// bear the same blockhash are one to the chain, unless they differ here.
    /// </summary>
    public uint SpareComputeUnits { get; init; }

    /// <summary>What instructions are reckoned to take.</summary>
    public ComputeUnitEstimates Estimates { get; init; } = ComputeUnitEstimates.Default;
}

/// <summary>The terms of payouts in tokens.</summary>
public sealed record TokenPayoutTerms : PayoutTerms
{
    /// <summary>The token account that pays.</summary>
    public required PublicKey Source { get; init; }

    /// <summary>Who may spend from <see cref="Source"/>, and signs; usually the fee payer itself.</summary>
    public required PublicKey Owner { get; init; }

    /// <summary>The token.</summary>
    public required PublicKey Mint { get; init; }

    /// <summary>The mint's decimals.</summary>
    public required byte Decimals { get; init; }

    /// <summary>The program that owns the mint.</summary>
    public required PublicKey TokenProgram { get; init; }

    /// <summary>
    /// The transfer fee that the mint charges (Token-2022): transfers then name it, and fail where it has changed.
    /// Null sends plain transfers, from which whatever fee there is is withheld.
    /// </summary>
    public TransferFee? ExpectedFee { get; init; }
}

/// <summary>The terms of payouts in SOL.</summary>
public sealed record SolPayoutTerms : PayoutTerms
{
    /// <summary>The wallet that pays, and signs; usually the fee payer itself.</summary>
    public required PublicKey Source { get; init; }
}
