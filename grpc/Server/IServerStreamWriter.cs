using Google.Protobuf;

namespace Cluster.Grpc.Server;

/// <summary>Sends the responses of a streaming call. One write at a time.</summary>
/// <typeparam name="T">The method's output type.</typeparam>
public interface IServerStreamWriter<in T>
    where T : IMessage
{
    /// <summary>
    /// Sends a message and completes once the transport has room for another: a client that does not read stops the
    /// writer after some 64 KiB, so memory stays bounded however much there is to send.
    /// </summary>
    /// <param name="message">A message of the method's output type.</param>
    /// <param name="moreFollows">
    /// True where the next message is at hand already: the transport may then gather messages into larger writes. The
    /// last message before a pause needs false, or the client waits for it.
    /// </param>
    /// <param name="cancellationToken">Gives the wait for room up; the message may have been sent.</param>
    /// <exception cref="OperationCanceledException">The client is gone, or the deadline has passed.</exception>
    /// <exception cref="InvalidOperationException">The previous write has not completed, or the call has ended.</exception>
    ValueTask WriteAsync(T message, bool moreFollows = false, CancellationToken cancellationToken = default);
}
