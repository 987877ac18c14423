namespace Cluster.Solana;

/// <summary>
/// Compute units that instructions are reckoned to take, on the safe side: a transaction that runs out of them fails
/// as a whole, one that asks for more pays a little more priority fee.
/// </summary>
public sealed record ComputeUnitEstimates
{
    /// <summary>The figures for the programs as they are on mainnet.</summary>
    public static ComputeUnitEstimates Default { get; } = new();

    /// <summary>Whatever the transaction does: two instructions to the Compute Budget program of 150 units, and slack.</summary>
    public uint Base { get; init; } = 1_000;

    /// <summary>A System transfer: 150 units.</summary>
    public uint SystemTransfer { get; init; } = 300;

    /// <summary>A transfer of SPL Token: 6,200 units of the program that p-token replaces, which takes hundreds.</summary>
    public uint SplTransfer { get; init; } = 6_500;

    /// <summary>A transfer of Token-2022 without a hook, with or without a fee.</summary>
    public uint Token2022Transfer { get; init; } = 10_000;

    /// <summary>Making an associated token account of SPL Token at the first bump seed.</summary>
    public uint CreateSplAccount { get; init; } = 25_000;

    /// <summary>Making an associated token account of Token-2022 at the first bump seed.</summary>
    public uint CreateToken2022Account { get; init; } = 30_000;

    /// <summary>Every further bump seed that the Associated Token Account program has to try.</summary>
    public uint BumpStep { get; init; } = 1_500;

    internal uint Transfer(bool isToken2022) => isToken2022 ? Token2022Transfer : SplTransfer;

    internal uint Create(bool isToken2022, byte bump) =>
        (isToken2022 ? CreateToken2022Account : CreateSplAccount) + (uint)(byte.MaxValue - bump) * BumpStep;
}
