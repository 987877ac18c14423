using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Server.Internal;

internal sealed class DuplexStreamingCallHandler<TRequest>(
    MethodDescriptor method,
    MessageParser parser,
    CallSettings settings,
    Func<IAsyncEnumerable<TRequest>, IServerStreamWriter<IMessage>, ServerCallContext, Task> handler)
    : CallHandler(method, parser, settings)
    where TRequest : class, IMessage
{
    protected override async ValueTask RunAsync(ServerCallContext call)
    {
        using var responses = new ServerStreamWriter(call);
        await handler(new RequestStream<TRequest>(call, Parser), responses, call);
    }
}
