namespace Cluster.Solana;

/// <summary>
/// Error codes of JSON-RPC 2.0 and of Solana nodes (<c>rpc-client-api/src/custom_error.rs</c> of Agave).
/// </summary>
internal static class RpcErrorCodes
{
    public const int PreflightFailure = -32002;
    public const int NodeUnhealthy = -32005;
    public const int MinContextSlotNotReached = -32016;

    public static RpcFailure Classify(int code) => code switch
    {
        -32700 or -32600 or -32602 => RpcFailure.InvalidRequest,
        -32015 => RpcFailure.InvalidRequest,
        -32601 => RpcFailure.MethodNotSupported,
        -32603 => RpcFailure.ServerError,
        -32001 or -32004 or -32007 or -32009 or -32014 or -32019 => RpcFailure.BlockUnavailable,
        PreflightFailure => RpcFailure.PreflightFailed,
        -32003 or -32006 or -32013 => RpcFailure.SignatureInvalid,
        NodeUnhealthy or MinContextSlotNotReached => RpcFailure.NodeBehind,
        -32011 => RpcFailure.HistoryUnavailable,
        // What providers answer with status 200 where others answer 429.
        429 or -32429 => RpcFailure.RateLimited,
        _ => RpcFailure.OtherError,
    };
}
