using Cluster.Grpc.Wire;
using Google.Protobuf;

namespace Cluster.Grpc.Server.Internal;

/// <summary>
/// The requests of a streaming call, read as they are asked for: what the handler has not taken stays in the transport,
/// whose window then stops the client.
/// </summary>
internal sealed class RequestStream<T>(ServerCallContext call, MessageParser parser) : IAsyncEnumerable<T>
    where T : class, IMessage
{
    private int _enumerated;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _enumerated, 1) == 1)
        {
            throw new InvalidOperationException($"the requests of {call.Method.FullName} can be enumerated once");
        }

        return ReadAll(cancellationToken);
    }

    private async IAsyncEnumerator<T> ReadAll(CancellationToken cancellationToken)
    {
        RequestReader.Unlimit(call.HttpContext);
        var decoder = RequestReader.Decoder(call, parser);
        var body = call.HttpContext.Request.BodyReader;
        using var linked = cancellationToken.CanBeCanceled && cancellationToken != call.CancellationToken
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken)
            : null;
        var token = linked?.Token ?? call.CancellationToken;
        while (true)
        {
            var result = await RequestReader.ReadAsync(body, token);
            var buffer = result.Buffer;
            try
            {
                while (decoder.TryRead(ref buffer, out var message))
                {
                    yield return (T)message;
                    token.ThrowIfCancellationRequested();
                }
            }
            finally
            {
                body.AdvanceTo(buffer.Start, buffer.End);
            }

            if (result.IsCompleted)
            {
                if (!buffer.IsEmpty)
                {
                    throw MessageFrame.Truncated();
                }

                yield break;
            }
        }
    }
}
