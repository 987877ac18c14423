using Google.Protobuf;

namespace Cluster.Silo.Hosting;

/// <summary>The caller's side of grains: type, key and method follow from the request's message.</summary>
public interface IGrains
{
    /// <summary>Calls the grain that the request names.</summary>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="request">The rpc's request; belongs to the callee from here on and is not changed any more.</param>
    /// <param name="call">What travels with it. Inside a grain: the call being served, or one made with <c>with</c>.</param>
    /// <exception cref="ClusterException">
    /// What the grain answered, or <see cref="StatusCode.ResourceExhausted"/> where its mailbox is full,
    /// <see cref="StatusCode.DeadlineExceeded"/>, <see cref="StatusCode.Cancelled"/>,
    /// <see cref="StatusCode.InvalidArgument"/> where the key is empty or too long.
    /// </exception>
    /// <exception cref="ArgumentException">No grain answers such a request, or its rpc replies another type: a defect of the caller.</exception>
    Task<TReply> Call<TReply>(IMessage request, Call call)
        where TReply : class, IMessage;
}
