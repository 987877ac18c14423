namespace Cluster.Grpc.Wire;

internal enum ContentTypeKind
{
    /// <summary>Not gRPC at all.</summary>
    Other,

    /// <summary>gRPC with protobuf messages, the default of the protocol.</summary>
    Protobuf,

    /// <summary>gRPC with messages in another form, <c>+json</c> for one.</summary>
    OtherCodec,
}

internal static class ContentType
{
    public const string Grpc = "application/grpc";

    private const string GrpcProto = "application/grpc+proto";

    public static ContentTypeKind Of(string? contentType)
    {
        if (contentType is Grpc or GrpcProto)
        {
            return ContentTypeKind.Protobuf;
        }

        if (contentType is null || !contentType.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase))
        {
            return ContentTypeKind.Other;
        }

        var suffix = contentType.AsSpan(Grpc.Length);
        suffix = suffix.IndexOf(';') is >= 0 and var parameters ? suffix[..parameters] : suffix;
        suffix = suffix.Trim(' ');
        return suffix switch
        {
            "" => ContentTypeKind.Protobuf,
            _ when suffix.Equals("+proto", StringComparison.OrdinalIgnoreCase) => ContentTypeKind.Protobuf,

            // application/grpc-web and the like are other protocols, not other codecs.
            _ => suffix[0] == '+' ? ContentTypeKind.OtherCodec : ContentTypeKind.Other,
        };
    }
}
