using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Client.Internal;

/// <summary>The body of a call with many requests: stays open until the caller says that it is complete.</summary>
internal sealed class StreamingContent(MethodDescriptor method, GrpcChannelOptions channel, CallOptions call) : HttpContent
{
    private readonly RequestEncoder _encoder = new(method, channel, call.Compress);
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writing;

    /// <summary>The server refused the stream unprocessed when requests had been written to it already.</summary>
    public bool WasRefused { get; private set; }

    public async Task WriteAsync(IMessage request, CancellationToken cancellationToken)
    {
        _encoder.Demand(request);
        if (_completed.Task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException($"the requests of {method.FullName} are complete: nothing more can be written");
        }

        if (Interlocked.Exchange(ref _writing, 1) == 1)
        {
            throw new InvalidOperationException("the previous write has not completed: await it first");
        }

        try
        {
            var stream = await _opened.Task.WaitAsync(cancellationToken);
            using var frame = _encoder.Encode(request);
            await stream.WriteAsync(frame.WrittenMemory, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        _completed.TrySetResult();
        return Task.CompletedTask;
    }

    /// <summary>
    /// The call is over: ends the body, without the end of stream that would make it look whole, and wakes a writer that
    /// waits for a connection which never came.
    /// </summary>
    public void Break(Exception exception)
    {
        _completed.TrySetCanceled();
        _opened.TrySetException(exception is OperationCanceledException or IOException or HttpRequestException ? exception : new IOException("the call has ended", exception));

        // Observed: not every broken call has a writer.
        _ = _opened.Task.Exception;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers would otherwise wait for the first request, and the server for them.
        await stream.FlushAsync(cancellationToken);
        if (!_opened.TrySetResult(stream))
        {
            // HttpClient repeats a request whose stream the server refused, but what was written to that stream is gone:
            // a stream that lacks its beginning must never look complete.
            WasRefused = true;
            throw new IOException("the stream was refused after requests had been written to it");
        }


        // Not the token: it fires when the server resets the stream, and HttpClient would then report our cancellation
        // in place of the reset. Whatever ends the call ends this wait too, see Break.
        await _completed.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
