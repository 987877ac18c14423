using Cluster.Solana;

namespace Cluster.Gateway.Health;

/// <summary>A Solana node answers.</summary>
internal sealed class SolanaCheck(ISolanaRpc rpc) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "solana_rpc";

    /// <inheritdoc/>
    public async Task<string?> FindFault(CancellationToken cancellationToken)
    {
        try
        {
            await rpc.GetSlot(ct: cancellationToken);
            return null;
        }
        catch (RpcException error)
        {
            return error.Message;
        }
    }
}
