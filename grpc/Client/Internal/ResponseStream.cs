using Google.Protobuf;

namespace Cluster.Grpc.Client.Internal;

/// <summary>The responses of a streaming call, read as they are asked for.</summary>
internal sealed class ResponseStream<T>(ClientCall call) : IAsyncEnumerable<T>
    where T : class, IMessage
{
    private int _enumerated;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _enumerated, 1) == 1)
        {
            throw new InvalidOperationException("the responses of a call can be enumerated once");
        }

        return ReadAll(cancellationToken);
    }

    private async IAsyncEnumerator<T> ReadAll(CancellationToken cancellationToken)
    {
        using (call)
        {
            using var giveUp = cancellationToken.UnsafeRegister(static call => ((ClientCall)call!).GiveUp(), call);
            while (true)
            {
                IMessage? message;
                try
                {
                    message = await call.ReadAsync();
                }
                catch (Exception exception) when (exception is RpcException or OperationCanceledException && cancellationToken.IsCancellationRequested)
                {
                    throw new OperationCanceledException("the caller gave the call up", exception, cancellationToken);
                }

                if (message is null)
                {
                    yield break;
                }

                yield return (T)message;
            }
        }
    }
}
