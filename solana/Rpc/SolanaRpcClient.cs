using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cluster.Solana;

/// <summary>
/// JSON-RPC of one Solana node over pooled HTTP connections (HTTP/2 where the endpoint offers it over TLS). Every reply is
/// untrusted: limited in size and depth, and read strictly. It never retries; <see cref="RpcException.IsTransient"/> says
/// whether that makes sense.
/// </summary>
public sealed partial class SolanaRpcClient : ISolanaRpc, IDisposable
{
    private const int SmallRequest = 256;

    private readonly RpcClientOptions _options;
    private readonly RpcTransport _transport;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    public SolanaRpcClient(RpcEndpoint endpoint, RpcClientOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Endpoint = endpoint;
        _options = options ?? new RpcClientOptions();
        _transport = new RpcTransport(endpoint, _options, time ?? TimeProvider.System);
    }

    /// <summary>The node.</summary>
    public RpcEndpoint Endpoint { get; }

    /// <inheritdoc cref="RpcTransport.Replied"/>
    internal Action<TimeSpan>? Replied
    {
        get => _transport.Replied;
        set => _transport.Replied = value;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _transport.Dispose();

    /// <summary>The host, never the URL.</summary>
    public override string ToString() => Endpoint.ToString();

    private async ValueTask<RpcResult<T>> Call<TState, T>(
        string method,
        TState state,
        Action<Utf8JsonWriter, TState> writeParams,
        JsonTypeInfo<T> type,
        CancellationToken ct,
        int size = SmallRequest,
        bool nullable = false)
    {
        var body = RpcRequestBody.Single(method, state, writeParams, size);
        var posted = await _transport.Post(method, body, ct);
        if (!posted.TryGet(out var reply, out var error))
        {
            return error;
        }

        using (reply)
        {
            return RpcReplyReader.Read(reply.Span, type, new CallSite(Endpoint, method), nullable);
        }
    }

    private async Task<T> Ask<TState, T>(
        string method,
        TState state,
        Action<Utf8JsonWriter, TState> writeParams,
        JsonTypeInfo<T> type,
        CancellationToken ct,
        int size = SmallRequest,
        bool nullable = false) =>
        (await Call(method, state, writeParams, type, ct, size, nullable)).Unwrap();

    private Task<T> Ask<T>(string method, RpcQuery query, JsonTypeInfo<T> type, CancellationToken ct) =>
        Ask(method, query, RpcParams.WriteConfig, type, ct);

    private RpcException Malformed(string method, string reason) => new CallSite(Endpoint, method).Malformed(reason);

    private RpcException Behind(string method, ulong slot, ulong needed) =>
        new CallSite(Endpoint, method).Fail(RpcFailure.NodeBehind, $"the node answered from slot {slot}, before slot {needed}");
}
