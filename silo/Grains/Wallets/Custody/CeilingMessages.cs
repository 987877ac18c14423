using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets.Custody;

/// <summary>Ceilings as the contracts tell them.</summary>
internal static class CeilingMessages
{
    public static CeilingsReply Of(IEnumerable<Ceiling> ceilings)
    {
        var reply = new CeilingsReply();
        reply.Ceilings.AddRange(ceilings
            .Select(ceiling => new WalletCeiling { Mint = ceiling.Mint?.ToString() ?? "", Amount = ceiling.Amount })
            .OrderBy(ceiling => ceiling.Mint, StringComparer.Ordinal));
        return reply;
    }
}
