using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Cluster.Grpc.Server.Internal;

/// <summary>Writes responses into the transport's bounded buffer; disposed, it refuses writes by a handler that kept it.</summary>
internal sealed class ServerStreamWriter(ServerCallContext call) : IServerStreamWriter<IMessage>, IDisposable
{
    private const int FlushThreshold = 32 * 1024;
    private const int Idle = 0;
    private const int Writing = 1;
    private const int Closed = 2;

    private int _state;
    private int _unflushed;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(IMessage message, bool moreFollows = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        Enter();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            call.CancellationToken.ThrowIfCancellationRequested();
            _unflushed += call.Response.Write(message);
            if (!moreFollows || _unflushed >= FlushThreshold)
            {
                _unflushed = 0;
                await FlushAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.CompareExchange(ref _state, Idle, Writing);
        }
    }

    public void Dispose() => Volatile.Write(ref _state, Closed);

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        using var linked = cancellationToken.CanBeCanceled && cancellationToken != call.CancellationToken
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken)
            : null;
        await call.HttpContext.Response.BodyWriter.FlushAsync(linked?.Token ?? call.CancellationToken);

        // Kestrel ends a flush quietly when the client is gone.
        cancellationToken.ThrowIfCancellationRequested();
        call.CancellationToken.ThrowIfCancellationRequested();
    }

    private void Enter()
    {
        switch (Interlocked.CompareExchange(ref _state, Writing, Idle))
        {
            case Writing:
                throw new InvalidOperationException("the previous write has not completed: await it first");
            case Closed:
                throw new InvalidOperationException("the call has ended: nothing more can be written");
        }
    }
}
