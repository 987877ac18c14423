using System.Runtime.CompilerServices;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Server.Internal;

internal sealed class UnaryCallHandler(MethodDescriptor method, CallSettings settings, UnaryHandler handler)
    : CallHandler(method, method.InputType.Parser, settings)
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask RunAsync(ServerCallContext call)
    {
        var request = await RequestReader.ReadSingleAsync(call, Parser);
        var response = await handler(request, call);

        // Not flushed: headers, message and trailers leave together when the request ends.
        call.Response.Write(response);
    }
}
