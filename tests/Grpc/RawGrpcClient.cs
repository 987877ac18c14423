using System.Net;
using System.Net.Sockets;
using Cluster.Grpc;

namespace Cluster.Tests.Grpc;

/// <summary>Posts any bytes over HTTP/2 and shows what came back: for requests that our client would never send.</summary>
internal sealed class RawGrpcClient : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;
    private int _connections;

    public RawGrpcClient(Uri address)
    {
        _address = address;
        _http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = ConnectAsync });
    }

    /// <summary>How many connections were needed so far.</summary>
    public int Connections => _connections;

    public async Task<RawGrpcAnswer> PostAsync(string path, byte[] body, string? contentType = "application/grpc", params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("content-type", contentType);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<RawGrpcAnswer> PostAsync(string path, HttpContent content, CancellationToken cancellationToken)
    {
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await SendAsync(request, cancellationToken);
    }

    public async Task<RawGrpcAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        request.RequestUri = new Uri(_address, request.RequestUri!);
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var response = await _http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new RawGrpcAnswer(
            response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            response.TrailingHeaders.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            body);
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}

/// <summary>A response as it is on the wire.</summary>
internal sealed record RawGrpcAnswer(
    HttpStatusCode HttpStatus,
    string? ContentType,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Trailers,
    byte[] Body)
{
    public bool TrailersOnly => Headers.ContainsKey("grpc-status");

    public StatusCode Status => (StatusCode)int.Parse(StatusHeaders["grpc-status"]);

    public string Message => Uri.UnescapeDataString(StatusHeaders.GetValueOrDefault("grpc-message", ""));

    private IReadOnlyDictionary<string, string> StatusHeaders => TrailersOnly ? Headers : Trailers;
}
