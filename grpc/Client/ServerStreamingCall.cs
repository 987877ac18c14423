using Cluster.Grpc.Client.Internal;
using Google.Protobuf;

namespace Cluster.Grpc.Client;

/// <summary>A call that brings many responses; enumerate it once. Leaving the enumeration, or disposing it, gives the call up.</summary>
/// <typeparam name="TResponse">The method's output type.</typeparam>
public sealed class ServerStreamingCall<TResponse> : IAsyncEnumerable<TResponse>, IDisposable
    where TResponse : class, IMessage
{
    private readonly ClientCall _call;
    private readonly ResponseStream<TResponse> _responses;

    internal ServerStreamingCall(ClientCall call) => (_call, _responses) = (call, new ResponseStream<TResponse>(call));

    /// <summary>The metadata that the server sent first.</summary>
    /// <exception cref="RpcException">The call failed before it sent any.</exception>
    public Task<Metadata> ResponseHeadersAsync => _call.ResponseHeadersAsync;

    /// <summary>The metadata that came with the status; empty until the responses are read to their end.</summary>
    public Metadata Trailers => _call.Trailers;

    /// <summary>The responses, in order; throws <see cref="RpcException"/> where the stream ends with a failure.</summary>
    /// <param name="cancellationToken">Gives the call up.</param>
    public IAsyncEnumerator<TResponse> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        _responses.GetAsyncEnumerator(cancellationToken);

    /// <summary>Gives the call up if it has not ended.</summary>
    public void Dispose() => _call.Dispose();
}
