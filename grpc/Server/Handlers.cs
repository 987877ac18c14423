using Google.Protobuf;

namespace Cluster.Grpc.Server;

/// <summary>One request, one response.</summary>
/// <param name="request">A message of the method's input type.</param>
/// <param name="context">The call.</param>
/// <returns>A message of the method's output type.</returns>
public delegate ValueTask<IMessage> UnaryHandler(IMessage request, ServerCallContext context);

/// <summary>Many requests, one response.</summary>
/// <param name="requests">Messages of the method's input type; can be enumerated once, and reads no faster than the handler.</param>
/// <param name="context">The call.</param>
/// <returns>A message of the method's output type.</returns>
public delegate ValueTask<IMessage> ClientStreamingHandler(IAsyncEnumerable<IMessage> requests, ServerCallContext context);

/// <summary>One request, many responses. The stream of responses ends when the task does.</summary>
/// <param name="request">A message of the method's input type.</param>
/// <param name="responses">Takes messages of the method's output type.</param>
/// <param name="context">The call.</param>
public delegate Task ServerStreamingHandler(IMessage request, IServerStreamWriter<IMessage> responses, ServerCallContext context);

/// <summary>Many requests, many responses, at the same time. The stream of responses ends when the task does.</summary>
/// <param name="requests">Messages of the method's input type; can be enumerated once, and reads no faster than the handler.</param>
/// <param name="responses">Takes messages of the method's output type.</param>
/// <param name="context">The call.</param>
public delegate Task DuplexStreamingHandler(IAsyncEnumerable<IMessage> requests, IServerStreamWriter<IMessage> responses, ServerCallContext context);
