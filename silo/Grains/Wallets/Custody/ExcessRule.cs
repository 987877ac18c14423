namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>When SOL above a hot wallet's ceiling is worth a transaction.</summary>
internal static class ExcessRule
{
    /// <summary>A sweep costs at most one part in so many of what it moves.</summary>
    private const ulong PartsPerFee = 100;

    /// <summary>Whether the excess is at least a hundred times the fee; a smaller one waits until it has grown.</summary>
    /// <param name="excess">Lamports above the ceiling.</param>
    /// <param name="fee">Lamports of the transaction's fee.</param>
    public static bool IsWorthItsFee(ulong excess, ulong fee) => excess / PartsPerFee >= fee;
}
