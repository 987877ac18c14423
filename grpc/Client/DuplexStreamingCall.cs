using Cluster.Grpc.Client.Internal;
using Google.Protobuf;

namespace Cluster.Grpc.Client;

/// <summary>A call of many requests and many responses, each in its own time. Disposing it gives the call up.</summary>
/// <typeparam name="TRequest">The method's input type.</typeparam>
/// <typeparam name="TResponse">The method's output type.</typeparam>
public sealed class DuplexStreamingCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage
    where TResponse : class, IMessage
{
    private readonly ClientCall _call;
    private readonly StreamingContent _requests;

    internal DuplexStreamingCall(ClientCall call, StreamingContent requests)
    {
        (_call, _requests) = (call, requests);
        Responses = new ResponseStream<TResponse>(call);
    }

    /// <summary>The responses, in order, once; throws <see cref="RpcException"/> where the stream ends with a failure.</summary>
    public IAsyncEnumerable<TResponse> Responses { get; }

    /// <summary>The metadata that the server sent first.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.ResponseHeadersAsync;

    /// <summary>The metadata that came with the status; empty until the responses are read to their end.</summary>
    public Metadata Trailers => _call.Trailers;

    /// <summary>Sends a request and completes when there is room for another. One at a time.</summary>
    /// <param name="request">A message of the method's input type.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="RpcException">The call has ended; <see cref="Responses"/> says how.</exception>
    public async Task WriteAsync(TRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            await _requests.WriteAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw _call.Translate(exception);
        }
    }

    /// <summary>Says that there are no more requests.</summary>
    public Task CompleteAsync() => _requests.CompleteAsync();

    /// <summary>Gives the call up if it has not ended.</summary>
    public void Dispose() => _call.Dispose();
}
