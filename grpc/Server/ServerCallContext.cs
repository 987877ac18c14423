using Cluster.Grpc.Server.Internal;
using Cluster.Grpc.Wire;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Cluster.Grpc.Server;

/// <summary>
/// One call, as its handler sees it. Valid until the handler's task ends. What costs something (metadata, cancellation,
/// the peer's address) is made when it is first asked for.
/// </summary>
public sealed class ServerCallContext
{
    private readonly HttpContext _http;
    private readonly CallSettings _settings;
    private Metadata? _requestHeaders;
    private Metadata? _responseHeaders;
    private Metadata? _responseTrailers;
    private bool _ended;

    internal ServerCallContext(HttpContext http, MethodDescriptor method, CallSettings settings)
    {
        _http = http;
        _settings = settings;
        Method = method;
        Response = new ResponseState(this, http.Response, settings.Options);
    }

    /// <summary>The method that is called.</summary>
    public MethodDescriptor Method { get; }

    /// <summary>The HTTP request beneath the call: connection, client certificate, features.</summary>
    /// <exception cref="InvalidOperationException">The call has ended.</exception>
    public HttpContext HttpContext =>
        _ended ? throw new InvalidOperationException($"the call of {Method.FullName} has ended: its context is no longer valid") : _http;

    /// <summary>The metadata that the client sent.</summary>
    /// <exception cref="RpcException">INTERNAL: a <c>-bin</c> value is not base64.</exception>
    public Metadata RequestHeaders => _requestHeaders ??= ReadRequestHeaders();

    /// <summary>Metadata to send before the first response; changes after that have no effect.</summary>
    public Metadata ResponseHeaders => _responseHeaders ??= new Metadata();

    /// <summary>Metadata to send with the status.</summary>
    public Metadata ResponseTrailers => _responseTrailers ??= new Metadata();

    /// <summary>When the client stops waiting (UTC), or null if it did not say.</summary>
    public DateTimeOffset? Deadline => Lifetime?.Deadline;

    /// <summary>
    /// Cancelled when the deadline passes, the client gives the call up, or its connection breaks; in streaming calls,
    /// which may have no end of their own, also when the host begins to stop.
    /// </summary>
    public CancellationToken CancellationToken =>
        Lifetime?.Token ?? (_ended ? new CancellationToken(canceled: true) : _http.RequestAborted);

    /// <summary>The client's address: <c>ipv4:10.0.0.7:41000</c>, <c>ipv6:[::1]:41000</c>, or <c>unknown</c> (a pipe, a socket file).</summary>
    public string Peer
    {
        get
        {
            var connection = HttpContext.Connection;
            return connection.RemoteIpAddress switch
            {
                null => "unknown",
                { IsIPv4MappedToIPv6: true } mapped => $"ipv4:{mapped.MapToIPv4()}:{connection.RemotePort}",
                { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } v6 => $"ipv6:[{v6}]:{connection.RemotePort}",
                var v4 => $"ipv4:{v4}:{connection.RemotePort}",
            };
        }
    }

    /// <summary>What <see cref="GrpcServerOptions.Admit"/> returned for this call.</summary>
    public IDisposable? Admission { get; private set; }

    internal CallLifetime? Lifetime { get; private set; }

    internal MessageEncoding RequestEncoding { get; private set; }

    internal ResponseState Response { get; }

    internal CallSettings Settings => _settings;

    internal Metadata? ResponseHeadersIfAny => _responseHeaders;

    internal Metadata? ResponseTrailersIfAny => _responseTrailers;

    /// <summary>Reads one text header without making <see cref="RequestHeaders"/>: for what is read on every call, as credentials are.</summary>
    /// <param name="name">Any case.</param>
    /// <returns>The value, several joined with a comma, or null if it was not sent.</returns>
    public string? GetRequestHeader(string name) =>
        HttpContext.Request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? values.ToString() : null;

    /// <summary>Sends <see cref="ResponseHeaders"/> at once instead of with the first response.</summary>
    /// <param name="cancellationToken">Gives the sending up, and the call with it.</param>
    /// <exception cref="InvalidOperationException">They have been sent.</exception>
    public async Task WriteResponseHeadersAsync(CancellationToken cancellationToken = default)
    {
        if (Response.HasStarted)
        {
            throw new InvalidOperationException($"the response headers of {Method.FullName} have been sent");
        }

        Response.Start();
        await HttpContext.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>Reads what the protocol itself says about the call.</summary>
    internal void Start(bool isStreaming)
    {
        var headers = _http.Request.Headers;
        if (headers.GrpcEncoding is [{ } encodingName])
        {
            if (!MessageEncodings.TryParse(encodingName, out var encoding))
            {
                _http.Response.Headers.GrpcAcceptEncoding = MessageEncodings.Accepted;
                throw new RpcException(StatusCode.Unimplemented, $"message encoding '{encodingName}' is not spoken here: use one of {MessageEncodings.Accepted}");
            }

            RequestEncoding = encoding;
        }

        var timeout = ReadTimeout(headers);
        if (timeout is not null || isStreaming)
        {
            Lifetime = new CallLifetime(timeout, _settings.Clock, _http.RequestAborted, isStreaming ? _settings.Stopping : CancellationToken.None);
        }

        Admission = _settings.Options.Admit?.Invoke(this);
    }

    internal void End()
    {
        _ended = true;
        Lifetime?.Dispose();
        Admission?.Dispose();
    }

    private static TimeSpan? ReadTimeout(IHeaderDictionary headers)
    {
        if (headers.GrpcTimeout is not [{ } text])
        {
            return null;
        }

        return TimeoutHeader.TryParse(text, out var timeout)
            ? timeout
            : throw new RpcException(StatusCode.Internal, $"'{text}' is no {HeaderName.Timeout}: at most eight digits and one of H, M, S, m, u, n");
    }

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (key, values) in HttpContext.Request.Headers)
        {
            var name = key.ToLowerInvariant();
            if (MetadataKey.IsProtocol(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                metadata.AddReceived(name, value ?? "");
            }
        }

        return metadata;
    }
}
