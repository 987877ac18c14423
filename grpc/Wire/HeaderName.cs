namespace Cluster.Grpc.Wire;

/// <summary>The protocol's own header and trailer names.</summary>
internal static class HeaderName
{
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
}
