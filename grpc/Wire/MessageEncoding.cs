namespace Cluster.Grpc.Wire;

/// <summary>The message codings that are spoken: <c>identity</c> and <c>gzip</c>.</summary>
internal enum MessageEncoding
{
    Identity,
    Gzip,
}

internal static class MessageEncodings
{
    public const string Gzip = "gzip";

    /// <summary>The value of <c>grpc-accept-encoding</c>.</summary>
    public const string Accepted = "identity,gzip";

    public static bool TryParse(string? header, out MessageEncoding encoding)
    {
        encoding = header is Gzip ? MessageEncoding.Gzip : MessageEncoding.Identity;
        return header is null or "" or "identity" or Gzip;
    }

    public static bool AcceptsGzip(ReadOnlySpan<char> acceptEncoding)
    {
        foreach (var part in acceptEncoding.Split(','))
        {
            if (acceptEncoding[part].Trim(' ') is Gzip)
            {
                return true;
            }
        }

        return false;
    }
}
