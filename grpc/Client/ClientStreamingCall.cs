using Cluster.Grpc.Client.Internal;
using Google.Protobuf;

namespace Cluster.Grpc.Client;

/// <summary>A call that takes many requests and answers once. Disposing it before the response is there gives the call up.</summary>
/// <typeparam name="TRequest">The method's input type.</typeparam>
/// <typeparam name="TResponse">The method's output type.</typeparam>
public sealed class ClientStreamingCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage
    where TResponse : class, IMessage
{
    private readonly ClientCall _call;
    private readonly StreamingContent _requests;

    internal ClientStreamingCall(ClientCall call, StreamingContent requests)
    {
        (_call, _requests) = (call, requests);
        ResponseAsync = ReadAsync();

        // Who disposes the call without a look at the response has not left an error unobserved.
        _ = ResponseAsync.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>The response: there when the server has answered, with or without all the requests.</summary>
    /// <exception cref="RpcException">The call failed.</exception>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The metadata that the server sent first.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.ResponseHeadersAsync;

    /// <summary>The metadata that came with the status; empty until the response is there.</summary>
    public Metadata Trailers => _call.Trailers;

    /// <summary>Sends a request and completes when there is room for another: a slow server stops the writer. One at a time.</summary>
    /// <param name="request">A message of the method's input type.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="RpcException">The call has ended; the status is the one that <see cref="ResponseAsync"/> has.</exception>
    public async Task WriteAsync(TRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            await _requests.WriteAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            // The transport only says that nobody reads any more; the response says why.
            await ResponseAsync;
            throw new RpcException(StatusCode.Cancelled, "the server answered without waiting for all requests: see ResponseAsync", innerException: exception);
        }
    }

    /// <summary>Says that there are no more requests.</summary>
    public Task CompleteAsync() => _requests.CompleteAsync();

    /// <summary>Gives the call up if it has not ended.</summary>
    public void Dispose() => _call.Dispose();

    private async Task<TResponse> ReadAsync() => (TResponse)await _call.ReadSingleAsync();
}
