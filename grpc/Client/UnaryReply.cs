using Google.Protobuf;

namespace Cluster.Grpc.Client;

/// <summary>All that a unary call brought back.</summary>
/// <typeparam name="TResponse">The method's output type.</typeparam>
/// <param name="Response">The response.</param>
/// <param name="Headers">Metadata sent before it.</param>
/// <param name="Trailers">Metadata sent with the status.</param>
public sealed record UnaryReply<TResponse>(TResponse Response, Metadata Headers, Metadata Trailers)
    where TResponse : class, IMessage;
