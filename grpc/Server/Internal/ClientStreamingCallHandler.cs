using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Server.Internal;

internal sealed class ClientStreamingCallHandler<TRequest>(
    MethodDescriptor method,
    CallSettings settings,
    Func<IAsyncEnumerable<TRequest>, ServerCallContext, ValueTask<IMessage>> handler)
    : CallHandler(method, method.InputType.Parser, settings)
    where TRequest : class, IMessage
{
    protected override async ValueTask RunAsync(ServerCallContext call)
    {
        var response = await handler(new RequestStream<TRequest>(call, Parser), call);
        call.Response.Write(response);
    }
}
