namespace Cluster.Solana;

/// <summary>How a call to a node failed.</summary>
public enum RpcFailure
{
    /// <summary>No connection, or it broke before the reply was whole.</summary>
    Unreachable,

    /// <summary>No reply within the deadline.</summary>
    Timeout,

    /// <summary>HTTP 429, or the JSON-RPC error that some providers give in its place.</summary>
    RateLimited,

    /// <summary>HTTP 5xx, or JSON-RPC -32603.</summary>
    ServerError,

    /// <summary>HTTP 401 or 403: the key in the URL is missing or wrong.</summary>
    Unauthorized,

    /// <summary>Any other HTTP status than 200, e.g. 404 for a wrong path, 413 for a request too large.</summary>
    UnexpectedStatus,

    /// <summary>The reply is not what the method's definition says.</summary>
    MalformedReply,

    /// <summary>The reply is larger than the limit (<see cref="RpcClientOptions.MaxReplyBytes"/>).</summary>
    ReplyTooLarge,

    /// <summary>-32005 or -32016: the node is unhealthy, or has not reached the slot that was asked for.</summary>
    NodeBehind,

    /// <summary>-32001, -32004, -32007, -32009, -32014, -32019: the block is not, not yet or no longer held.</summary>
    BlockUnavailable,

    /// <summary>-32011: the node keeps no transaction history.</summary>
    HistoryUnavailable,

    /// <summary>-32002: the simulation before sending failed.</summary>
    PreflightFailed,

    /// <summary>-32003, -32006, -32013: a signature is wrong or missing.</summary>
    SignatureInvalid,

    /// <summary>-32600, -32602, -32700, -32015: the request is wrong.</summary>
    InvalidRequest,

    /// <summary>-32601, or a batch that the endpoint does not take.</summary>
    MethodNotSupported,

    /// <summary>Any other JSON-RPC error; see <see cref="RpcException.Code"/>.</summary>
    OtherError,
}
