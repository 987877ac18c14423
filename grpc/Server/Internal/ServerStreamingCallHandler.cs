using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Server.Internal;

internal sealed class ServerStreamingCallHandler(MethodDescriptor method, CallSettings settings, ServerStreamingHandler handler)
    : CallHandler(method, method.InputType.Parser, settings)
{
    protected override async ValueTask RunAsync(ServerCallContext call)
    {
        var request = await RequestReader.ReadSingleAsync(call, Parser);
        using var responses = new ServerStreamWriter(call);
        await handler(request, responses, call);
    }
}
