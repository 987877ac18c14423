using System.Buffers;

namespace Cluster.Grpc.Wire;

/// <summary>Which names metadata may have, and which header names belong to the protocol itself.</summary>
internal static class MetadataKey
{
    public const string BinarySuffix = "-bin";

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");

    public static bool IsBinary(string key) => key.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase);

    public static string Normalize(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var lower = key.ToLowerInvariant();
        if (lower.AsSpan().ContainsAnyExcept(Allowed))
        {
            throw new ArgumentException($"'{key}' is no metadata key: letters, digits, '_', '-' and '.' are allowed", nameof(key));
        }

        if (IsProtocol(lower))
        {
            throw new ArgumentException($"'{key}' belongs to the protocol and cannot be metadata", nameof(key));
        }

        return lower;
    }

    /// <summary>Headers that carry the protocol and are not shown as metadata.</summary>
    public static bool IsProtocol(string name)
    {
        if (name.StartsWith(':'))
        {
            return true;
        }

        // The names that gRPC defines outside the call definition (status details, tracing) are metadata like any other.
        return name.ToLowerInvariant() is "content-type" or "content-length" or "te" or "host" or "connection" or "transfer-encoding"
            or HeaderName.Timeout or HeaderName.Encoding or HeaderName.AcceptEncoding
            or HeaderName.Status or HeaderName.Message or "grpc-message-type";
    }
}
