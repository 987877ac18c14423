using System.Text;

namespace Cluster.V1;

/// <summary>What a private key is sealed for when it travels: HPKE's <c>info</c>. What is sealed for one opens for no other.</summary>
public static class SealingPurpose
{
    /// <summary>From a client into a wallet's signer.</summary>
    /// <param name="walletId">The wallet's id.</param>
    public static byte[] Import(string walletId) => Encoding.UTF8.GetBytes("cluster/import/" + walletId);

    /// <summary>From a wallet's signer to a client.</summary>
    /// <param name="walletId">The wallet's id.</param>
    public static byte[] Export(string walletId) => Encoding.UTF8.GetBytes("cluster/export/" + walletId);
}
