using System.Collections.Immutable;
using Cluster.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cluster.Grpc.Server.Internal;

/// <summary>Writes status and metadata into headers or trailers.</summary>
internal static class ResponseTrailer
{
    private static readonly ImmutableArray<StringValues> Codes =
        [.. Enum.GetValues<StatusCode>().Order().Select(code => new StringValues(((int)code).ToString()))];

    /// <summary>A response that is nothing but headers with the status in them (Trailers-Only).</summary>
    public static void WriteTrailersOnly(HttpResponse response, Status status, Metadata trailers)
    {
        response.ContentType = ContentType.Grpc;
        WriteStatus(response.Headers, status, trailers);
    }

    public static void WriteStatus(IHeaderDictionary destination, Status status, Metadata trailers)
    {
        destination.GrpcStatus = Codes[(int)status.Code];
        if (!string.IsNullOrEmpty(status.Message))
        {
            destination.GrpcMessage = StatusMessage.Encode(status.Message);
        }

        WriteMetadata(destination, trailers);
    }

    public static void WriteMetadata(IHeaderDictionary destination, Metadata metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        foreach (var entry in metadata)
        {
            destination.Append(entry.Key, entry.IsBinary ? BinaryHeader.Encode(entry.Bytes.Span) : entry.Text);
        }
    }
}
