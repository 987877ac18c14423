using System.Net;
using System.Net.Http.Headers;

namespace Cluster.Solana;

/// <summary>Posts request bodies to one endpoint over pooled connections, and says how it went as a value.</summary>
internal sealed class RpcTransport : IDisposable
{
    private const int MaxErrorBytes = 64 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly RpcEndpoint _endpoint;
    private readonly RpcClientOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public RpcTransport(RpcEndpoint endpoint, RpcClientOptions options, TimeProvider time)
    {
        _endpoint = endpoint;
        _options = options;
        _time = time;
        _http = new HttpClient(CreateHandler(options), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Is told how long each reply took, errors that a node answered with included; null where nobody measures.</summary>
    public Action<TimeSpan>? Replied { get; set; }

    public async ValueTask<RpcResult<ReplyBuffer>> Post(string method, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var site = new CallSite(_endpoint, method);
        var began = _time.GetTimestamp();
        using var deadline = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var request = CreateRequest(body);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var reply = response.StatusCode == HttpStatusCode.OK
                ? await ReadReply(response.Content, site, either.Token)
                : await Refusal(response, site, either.Token);
            Replied?.Invoke(_time.GetElapsedTime(began));
            return reply;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return deadline.IsCancellationRequested
                ? site.Fail(RpcFailure.Timeout, $"no reply within {_options.Timeout.TotalSeconds:0.###} s")
                : site.Fail(RpcFailure.Unreachable, $"no connection within {_options.ConnectTimeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException exception)
        {
            return site.Fail(RpcFailure.Unreachable, site.Foreign(exception.Message), exception.InnerException);
        }
        catch (IOException exception)
        {
            return site.Fail(RpcFailure.Unreachable, site.Foreign(exception.Message), exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(RpcClientOptions options) => new()
    {
        MaxConnectionsPerServer = options.MaxConnections,
        ConnectTimeout = options.ConnectTimeout,
        // A name may come to stand for another address: connections are not kept for ever.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        EnableMultipleHttp2Connections = true,
        AllowAutoRedirect = false,
        UseCookies = false,
        // Traces would carry the URL's path, and with it the API key of many providers.
        ActivityHeadersPropagator = null,
    };

    private HttpRequestMessage CreateRequest(ReadOnlyMemory<byte> body)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = Json;
        var request = new HttpRequestMessage(HttpMethod.Post, _endpoint.Url)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Authorization = _endpoint.BasicAuthorization;
        return request;
    }

    private async ValueTask<RpcResult<ReplyBuffer>> ReadReply(HttpContent content, CallSite site, CancellationToken ct)
    {
        var reply = await ReplyBuffer.Read(content, _options.MaxReplyBytes, ct);
        return reply is null ? site.Fail(RpcFailure.ReplyTooLarge, $"the reply is larger than {_options.MaxReplyBytes} bytes") : reply;
    }

    private async ValueTask<RpcResult<ReplyBuffer>> Refusal(HttpResponseMessage response, CallSite site, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var failure = status switch
        {
            429 => RpcFailure.RateLimited,
            >= 500 => RpcFailure.ServerError,
            408 => RpcFailure.Timeout,
            401 or 403 => RpcFailure.Unauthorized,
            _ => RpcFailure.UnexpectedStatus,
        };
        var said = await ReadMessage(response.Content, site, ct);
        return new RpcException(failure, _endpoint.Host, site.Method, said.Length == 0 ? $"HTTP {status}" : $"HTTP {status}: {said}")
        {
            RetryAfter = failure is RpcFailure.RateLimited or RpcFailure.ServerError ? RetryAfter(response.Headers) : null,
        };
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>The message of a JSON-RPC error that came with a status; empty where there is none.</summary>
    private static async ValueTask<string> ReadMessage(HttpContent content, CallSite site, CancellationToken ct)
    {
        if (content.Headers.ContentType?.MediaType != Json.MediaType)
        {
            return "";
        }

        using var reply = await ReplyBuffer.Read(content, MaxErrorBytes, ct);
        if (reply is null)
        {
            return "";
        }

        var error = RpcReplyReader.Read(reply.Span, RpcJson.Default.String, site).Error;
        return error?.Code is null ? "" : error.Reason;
    }
}
