namespace Cluster.Solana;

/// <summary>
/// A call to a node that gave no answer, or an error. Its text names the method and the host, never the URL, which may
/// hold an API key.
/// </summary>
public sealed class RpcException : Exception
{
    internal RpcException(RpcFailure failure, string host, string method, string reason, Exception? inner = null)
        : base($"{method} at {host}: {reason}", inner)
    {
        Failure = failure;
        Host = host;
        Method = method;
        Reason = reason;
    }

    /// <summary>What kind of failure it is.</summary>
    public RpcFailure Failure { get; }

    /// <summary>The endpoint's host and port.</summary>
    public string Host { get; }

    /// <summary>The JSON-RPC method.</summary>
    public string Method { get; }

    /// <summary>The message without method and host.</summary>
    public string Reason { get; }

    /// <summary>The JSON-RPC error code, where the node gave one.</summary>
    public int? Code { get; init; }

    /// <summary>How long the endpoint asks callers to stay away; set for some of <see cref="RpcFailure.RateLimited"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For <see cref="RpcFailure.PreflightFailed"/>: why the simulation failed.</summary>
    public TransactionError? TransactionError { get; init; }

    /// <summary>For <see cref="RpcFailure.PreflightFailed"/>: the programs' log lines.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>
    /// For <see cref="RpcFailure.NodeBehind"/>: the slot that the node has reached (-32016), where it says so.
    /// </summary>
    public ulong? NodeSlot { get; init; }

    /// <summary>
    /// Whether the same call may succeed later or at another endpoint. It says nothing of what the failed call did: a
    /// transaction whose sending failed this way may have landed.
    /// </summary>
    public bool IsTransient => Failure is RpcFailure.Unreachable or RpcFailure.Timeout or RpcFailure.RateLimited
        or RpcFailure.ServerError or RpcFailure.NodeBehind or RpcFailure.BlockUnavailable or RpcFailure.MalformedReply;
}
