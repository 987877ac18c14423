using System.Net;
using Cluster.Grpc.Client.Internal;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Client;

/// <summary>
/// Calls to one server over HTTP/2: <c>https</c>, or <c>http</c> with prior knowledge. Connections are made when needed,
/// shared by all calls, and made again when they break. Safe for concurrent use; disposing it ends all its calls.
/// </summary>
/// <remarks>
/// A failed call throws <see cref="RpcException"/>; one that the caller's own token ended throws
/// <see cref="OperationCanceledException"/>. Nothing is retried: only the caller knows whether a call may run twice
/// (<see cref="RpcException.NeverProcessed"/> says when it certainly did not run at all).
/// </remarks>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _http;

    // Not disposed: calls that start as the channel closes still read its token, and are cancelled by it.
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Prepares a channel; connects with the first call.</summary>
    /// <param name="address">Scheme, host and port, <c>http://127.0.0.1:5000</c>.</param>
    /// <param name="options">Changes the defaults.</param>
    /// <exception cref="ArgumentException">The address is no such address, or plain <c>http</c> beyond loopback without leave.</exception>
    public GrpcChannel(Uri address, GrpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Options = options ?? new GrpcChannelOptions();
        Address = Checked(address, Options);
        _http = new HttpMessageInvoker(Handler(Options));
    }

    /// <summary>The server's address.</summary>
    public Uri Address { get; }

    internal GrpcChannelOptions Options { get; }

    internal CancellationToken Closed => _closed.Token;

    /// <summary>One request, one response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="request">A message of its input type.</param>
    /// <param name="options">Timeout, metadata, compression.</param>
    /// <param name="cancellationToken">Gives the call up; the server is told.</param>
    /// <typeparam name="TRequest">The method's input type, or <see cref="IMessage"/> where it is known only at run time.</typeparam>
    /// <typeparam name="TResponse">The method's output type, or <see cref="IMessage"/>.</typeparam>
    /// <exception cref="RpcException">The call failed.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(MethodDescriptor method, TRequest request, CallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        var reply = await UnaryWithMetadataAsync<TRequest, TResponse>(method, request, options, cancellationToken);
        return reply.Response;
    }

    /// <summary>One request, one response, with the metadata that came back.</summary>
    /// <inheritdoc cref="UnaryAsync"/>
    public async Task<UnaryReply<TResponse>> UnaryWithMetadataAsync<TRequest, TResponse>(MethodDescriptor method, TRequest request, CallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        Demand<TResponse>(method, clientStreams: false, serverStreams: false);
        using var call = Start(method, SingleMessageContent.Create(method, request, Options, options), options, cancellationToken);
        var response = await call.ReadSingleAsync();
        return new UnaryReply<TResponse>((TResponse)response, await call.ResponseHeadersAsync, call.Trailers);
    }

    /// <summary>One request, many responses. The call begins at once and ends when it is disposed or read to its end.</summary>
    /// <inheritdoc cref="UnaryAsync"/>
    public ServerStreamingCall<TResponse> ServerStreaming<TRequest, TResponse>(MethodDescriptor method, TRequest request, CallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        Demand<TResponse>(method, clientStreams: false, serverStreams: true);
        return new(Start(method, SingleMessageContent.Create(method, request, Options, options), options, cancellationToken));
    }

    /// <summary>Many requests, one response. The call begins at once.</summary>
    /// <param name="method">The method.</param>
    /// <param name="options">Timeout, metadata, compression.</param>
    /// <param name="cancellationToken">Gives the call up; the server is told.</param>
    /// <typeparam name="TRequest">The method's input type, or <see cref="IMessage"/>.</typeparam>
    /// <typeparam name="TResponse">The method's output type, or <see cref="IMessage"/>.</typeparam>
    public ClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(MethodDescriptor method, CallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        Demand<TResponse>(method, clientStreams: true, serverStreams: false);
        var requests = new StreamingContent(method, Options, options);
        return new(Start(method, requests, options, cancellationToken), requests);
    }

    /// <summary>Many requests, many responses, at the same time. The call begins at once.</summary>
    /// <inheritdoc cref="ClientStreaming"/>
    public DuplexStreamingCall<TRequest, TResponse> DuplexStreaming<TRequest, TResponse>(MethodDescriptor method, CallOptions options = default, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        Demand<TResponse>(method, clientStreams: true, serverStreams: true);
        var requests = new StreamingContent(method, Options, options);
        return new(Start(method, requests, options, cancellationToken), requests);
    }

    /// <summary>Gives all calls up (they end with CANCELLED) and closes the connections.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _http.Dispose();
    }

    private static Uri Checked(Uri address, GrpcChannelOptions options)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.PathAndQuery != "/")
        {
            throw new ArgumentException($"'{address}' is no server address: scheme, host and port are expected, http://127.0.0.1:5000 for one", nameof(address));
        }

        if (address is { Scheme: "http", IsLoopback: false } && !options.AllowPlaintextBeyondLoopback)
        {
            throw new ArgumentException($"'{address}' is not encrypted and not loopback: use https, or set {nameof(options.AllowPlaintextBeyondLoopback)}", nameof(address));
        }

        return address;
    }

    private static SocketsHttpHandler Handler(GrpcChannelOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            UseCookies = false,
            UseProxy = false,
        };
        if (options.Tls is not null)
        {
            handler.SslOptions = options.Tls;
        }

        return handler;
    }

    private static void Demand<TResponse>(MethodDescriptor method, bool clientStreams, bool serverStreams)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (method.IsClientStreaming != clientStreams || method.IsServerStreaming != serverStreams)
        {
            throw new ArgumentException($"{method.FullName} has another shape: stream requests is {method.IsClientStreaming}, stream responses is {method.IsServerStreaming}", nameof(method));
        }

        if (!typeof(TResponse).IsAssignableFrom(method.OutputType.ClrType))
        {
            throw new ArgumentException($"{method.FullName} answers {method.OutputType.FullName}, not {typeof(TResponse).Name}", nameof(method));
        }
    }

    private ClientCall Start(MethodDescriptor method, HttpContent content, CallOptions options, CancellationToken cancellationToken) =>
        new(_http, this, method, content, options, cancellationToken);
}
