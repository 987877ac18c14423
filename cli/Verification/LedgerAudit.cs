using Cluster.Solana;

namespace Cluster.Cli.Verification;

/// <summary>What was owed against what came.</summary>
/// <param name="Differences">Addresses that got more or less than they were owed.</param>
internal sealed record LedgerAudit(IReadOnlyList<LedgerDifference> Differences)
{
    /// <summary>Whether everybody has exactly what was owed.</summary>
    public bool Exact => Differences.Count == 0;

    /// <summary>Compares.</summary>
    /// <param name="owed">Base units by address.</param>
    /// <param name="now">Balances of now; an address that is not there has none.</param>
    /// <param name="before">Balances from before the campaign; an address that is not there had none.</param>
    public static LedgerAudit Compare(
        IReadOnlyDictionary<PublicKey, ulong> owed,
        IReadOnlyDictionary<PublicKey, ulong> now,
        IReadOnlyDictionary<PublicKey, ulong> before)
    {
        var differences = new List<LedgerDifference>();
        foreach (var (address, amount) in owed)
        {
            var received = (Int128)now.GetValueOrDefault(address) - before.GetValueOrDefault(address);
            if (received != amount)
            {
                differences.Add(new(address, amount, received));
            }
        }

        return new(differences);
    }
}

/// <summary>An address that does not have what it was owed.</summary>
/// <param name="Address">The owner.</param>
/// <param name="Owed">Base units.</param>
/// <param name="Received">Base units; below zero where it has less than before.</param>
internal readonly record struct LedgerDifference(PublicKey Address, ulong Owed, Int128 Received);
