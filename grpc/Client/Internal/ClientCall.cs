using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Cluster.Grpc.Wire;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Client.Internal;

/// <summary>One call on its way: sends the request, reads responses, ends with a status. All failures of a call meet here.</summary>
internal sealed class ClientCall : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly MethodDescriptor _method;
    private readonly CancellationToken _caller;
    // Left to the collector: the deadline, the caller and the consumer may each cancel it, even when the call has ended.
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenRegistration _callerGone;
    private readonly CancellationTokenRegistration _channelClosed;
    private readonly ITimer? _timer;
    private readonly StreamingContent? _requests;
    private readonly Task<HttpResponseMessage> _response;
    private PipeReader? _body;
    private MessageDecoder _decoder;
    private volatile HttpResponseMessage? _arrived;
    private volatile bool _deadlinePassed;
    private bool _ended;

    public ClientCall(HttpMessageInvoker http, GrpcChannel channel, MethodDescriptor method, HttpContent content, CallOptions options, CancellationToken cancellationToken)
    {
        (_channel, _method, _caller) = (channel, method, cancellationToken);
        _callerGone = cancellationToken.UnsafeRegister(static call => ((ClientCall)call!).GiveUp(), this);
        _channelClosed = channel.Closed.UnsafeRegister(static call => ((ClientCall)call!).GiveUp(), this);
        if (options.Timeout is { } timeout)
        {
            _timer = StartTimer(timeout);
        }

        _requests = content as StreamingContent;
        _response = SendAsync(http, CallRequest.Create(channel.Address, method, content, options));
        ResponseHeadersAsync = ReadHeadersAsync();

        // Whoever does not ask for the headers learns of the failure from the responses.
        _ = ResponseHeadersAsync.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public Task<Metadata> ResponseHeadersAsync { get; }

    public Metadata Trailers { get; private set; } = Metadata.Empty;

    /// <summary>The only response.</summary>
    public async Task<IMessage> ReadSingleAsync()
    {
        var response = await ReadAsync();
        if (response is null)
        {
            throw new RpcException(StatusCode.Unimplemented, $"{_method.FullName} answers once, and the server ended without an answer");
        }

        if (await ReadAsync() is not null)
        {
            throw new RpcException(StatusCode.Unimplemented, $"{_method.FullName} answers once, and the server sent more");
        }

        return response;
    }

    /// <summary>The next response; null where the call ended well.</summary>
    /// <exception cref="RpcException">It did not end well.</exception>
    public async ValueTask<IMessage?> ReadAsync()
    {
        if (_ended)
        {
            return null;
        }

        try
        {
            var response = await _response;
            _body ??= PipeReader.Create(await response.Content.ReadAsStreamAsync(_over.Token));
            while (true)
            {
                var result = await _body.ReadAsync(_over.Token);
                var buffer = result.Buffer;
                if (_decoder.TryRead(ref buffer, out var message))
                {
                    // What follows has not been looked at: the next read returns it at once.
                    _body.AdvanceTo(buffer.Start);
                    return message;
                }

                var truncated = !buffer.IsEmpty;
                _body.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    End(response, truncated);
                    return null;
                }
            }
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception);
        }
    }

    /// <summary>What an exception of the transport means for the caller.</summary>
    public Exception Translate(Exception exception)
    {
        if (_deadlinePassed)
        {
            return new RpcException(StatusCode.DeadlineExceeded, $"{_method.FullName} did not answer before its deadline", innerException: exception);
        }

        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException($"the caller gave {_method.FullName} up", exception, _caller);
        }

        return exception is OperationCanceledException
            ? new RpcException(StatusCode.Cancelled, $"the call of {_method.FullName} was given up", innerException: exception)
            : TransportFailure.ToRpcException(exception, _channel.Address);
    }

    public void GiveUp() => _over.Cancel();

    public void Dispose()
    {
        _timer?.Dispose();
        _callerGone.Unregister();
        _channelClosed.Unregister();
        _over.Cancel();

        // Resets the stream where it has not ended; only then may the request's body end.
        _arrived?.Dispose();
        _requests?.Break(new OperationCanceledException("the call has been disposed"));
    }

    private ITimer StartTimer(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            PassDeadline();
        }

        // What lasts longer than a timer can (49 days) is as good as no deadline here; the server is told anyway.
        var due = timeout <= TimeSpan.Zero || timeout > TimeSpan.FromDays(49) ? Timeout.InfiniteTimeSpan : timeout;
        return _channel.Options.Clock.CreateTimer(static call => ((ClientCall)call!).PassDeadline(), this, due, Timeout.InfiniteTimeSpan);
    }

    private void PassDeadline()
    {
        _deadlinePassed = true;
        _over.Cancel();
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The response is disposed with the call.")]
    private async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker http, HttpRequestMessage request)
    {
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, _over.Token);
            _arrived = response;

            // Given up in the moment of its arrival: whoever did so may not have seen it yet.
            _over.Token.ThrowIfCancellationRequested();
            if ((ResponseMetadata.ReadStatus(response.Headers) ?? ResponseMetadata.ReadRefusal(response)) is { Code: not StatusCode.OK } status)
            {
                Trailers = ResponseMetadata.Read(response.Headers);
                throw Failure(status);
            }

            var encodingName = ResponseMetadata.Single(response.Headers, HeaderName.Encoding);
            if (!MessageEncodings.TryParse(encodingName, out var encoding))
            {
                throw new RpcException(StatusCode.Internal, $"the server answered in the message encoding '{encodingName}', which was not offered");
            }

            _decoder = new MessageDecoder(_method.OutputType.Parser, encoding, _channel.Options.MaxReceiveMessageSize);
            return response;
        }
        catch (Exception exception)
        {
            response?.Dispose();
            _requests?.Break(exception);
            if (_requests is not { WasRefused: true })
            {
                throw;
            }

            throw new RpcException(StatusCode.Unavailable, $"{_channel.Address} refused the call while requests were being sent: make it again", innerException: exception)
            {
                NeverProcessed = true,
            };
        }
    }

    private async Task<Metadata> ReadHeadersAsync()
    {
        try
        {
            return ResponseMetadata.Read((await _response).Headers);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception);
        }
    }

    private void End(HttpResponseMessage response, bool truncated)
    {
        _ended = true;

        // In a Trailers-Only response the status is in the headers.
        var status = ResponseMetadata.ReadStatus(response.TrailingHeaders) ?? ResponseMetadata.ReadStatus(response.Headers);
        Trailers = ResponseMetadata.Read(response.TrailingHeaders);
        if (status is { Code: not StatusCode.OK } failure)
        {
            throw Failure(failure);
        }

        if (truncated)
        {
            throw MessageFrame.Truncated();
        }

        if (status is null)
        {
            throw new RpcException(StatusCode.Unknown, $"{_method.FullName} ended without a status");
        }
    }

    private RpcException Failure(Status status)
    {
        // The server's clock and ours differ by the way between them: a call cancelled there after our deadline is late here.
        var late = status.Code == StatusCode.Cancelled && _deadlinePassed;
        return new RpcException(late ? status with { Code = StatusCode.DeadlineExceeded } : status, Trailers);
    }
}
