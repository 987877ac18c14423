using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Silo.Hosting;

/// <summary>
/// The edge's side: every rpc of the contracts by its descriptor, whether a grain or a query handler implements it, so
/// that a gateway serves all of them with one handler a shape. Who may call is the gateway's to check.
/// </summary>
public interface IOperations
{
    /// <summary>Every rpc of the services that are not internal; the start has checked that each has an implementer.</summary>
    IReadOnlyList<MethodDescriptor> Methods { get; }

    /// <summary>One request, one reply.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="request">Of the method's input type; belongs to the callee from here on.</param>
    /// <param name="call">What travels with it.</param>
    /// <exception cref="ClusterException">What the implementer answered, or why it could not be reached.</exception>
    Task<IMessage> Unary(MethodDescriptor method, IMessage request, Call call);

    /// <summary>One request, any number of replies; ends when the call is cancelled.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="request">Of the method's input type.</param>
    /// <param name="call">What travels with it.</param>
    /// <exception cref="ClusterException">Thrown by the enumeration.</exception>
    IAsyncEnumerable<IMessage> ServerStream(MethodDescriptor method, IMessage request, Call call);

    /// <summary>Any number of requests, one reply.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="requests">Of the method's input type; read once, and only as fast as the callee takes them.</param>
    /// <param name="call">What travels with it.</param>
    /// <exception cref="ClusterException">What the implementer answered.</exception>
    Task<IMessage> ClientStream(MethodDescriptor method, IAsyncEnumerable<IMessage> requests, Call call);
}
