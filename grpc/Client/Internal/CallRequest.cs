using System.Net;
using System.Net.Http.Headers;
using Cluster.Grpc.Wire;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Client.Internal;

/// <summary>The HTTP request of a call: path, protocol headers and metadata.</summary>
internal static class CallRequest
{
    private static readonly string UserAgent = $"grpc-dotnet-cluster/{typeof(CallRequest).Assembly.GetName().Version?.ToString(3)}";

    public static HttpRequestMessage Create(Uri address, MethodDescriptor method, HttpContent content, CallOptions options)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/{method.Service.FullName}/{method.Name}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue(ContentType.Grpc);
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", UserAgent);
        headers.TryAddWithoutValidation(HeaderName.AcceptEncoding, MessageEncodings.Accepted);
        if (options.Timeout is { } timeout)
        {
            headers.TryAddWithoutValidation(HeaderName.Timeout, TimeoutHeader.Format(timeout));
        }

        if (options.Compress)
        {
            headers.TryAddWithoutValidation(HeaderName.Encoding, MessageEncodings.Gzip);
        }

        foreach (var entries in (options.Headers ?? Metadata.Empty).GroupBy(entry => entry.Key))
        {
            // HttpClient would join several values with a blank after the comma, which is not base64.
            var values = entries.Select(entry => entry.IsBinary ? BinaryHeader.Encode(entry.Bytes.Span) : entry.Text);
            headers.TryAddWithoutValidation(entries.Key, string.Join(',', values));
        }

        return request;
    }
}
