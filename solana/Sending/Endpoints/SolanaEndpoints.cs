namespace Cluster.Solana;

/// <summary>Makes the nodes that the options name.</summary>
internal static class SolanaEndpoints
{
    public static RpcPool CreatePool(SolanaOptions options, TimeProvider time) =>
        new([.. options.Endpoints.Select(endpoint => CreateNode(endpoint, options, time))], time);

    private static RpcNode CreateNode(SolanaEndpointOptions endpoint, SolanaOptions options, TimeProvider time)
    {
        var limits = new RpcClientOptions { Timeout = options.RequestTimeout, MaxConnections = endpoint.MaxConnections };
        return new RpcNode(new SolanaRpcClient(new RpcEndpoint(endpoint.Url!), limits, time), endpoint, time);
    }
}
