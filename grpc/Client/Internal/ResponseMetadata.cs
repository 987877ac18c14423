using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Cluster.Grpc.Wire;

namespace Cluster.Grpc.Client.Internal;

/// <summary>Reads metadata and status out of HTTP headers and trailers.</summary>
internal static class ResponseMetadata
{
    public static Metadata Read(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers.NonValidated)
        {
            var name = key.ToLowerInvariant();
            if (MetadataKey.IsProtocol(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                metadata.AddReceived(name, value);
            }
        }

        return metadata;
    }

    /// <summary>The status in headers or trailers; null if there is none.</summary>
    public static Status? ReadStatus(HttpHeaders headers)
    {
        if (Single(headers, HeaderName.Status) is not { } text)
        {
            return null;
        }

        var message = StatusMessage.Decode(Single(headers, HeaderName.Message) ?? "");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && Enum.IsDefined((StatusCode)code)
            ? new Status((StatusCode)code, message)
            : new Status(StatusCode.Unknown, $"the server sent the status '{text}', which does not exist: {message}");
    }

    public static string? Single(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    /// <summary>The status of a response that is no gRPC response; null where it is one.</summary>
    public static Status? ReadRefusal(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new Status(TransportFailure.FromHttpStatus(response.StatusCode), $"the server answered HTTP {(int)response.StatusCode} without a gRPC status");
        }

        var contentType = response.Content.Headers.ContentType?.ToString();
        return ContentType.Of(contentType) == ContentTypeKind.Protobuf
            ? null
            : new Status(StatusCode.Unknown, $"the server answered content type '{contentType}' instead of {ContentType.Grpc}");
    }
}
