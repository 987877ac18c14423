using Cluster.Grpc.Reflection.V1;
using Cluster.Grpc.Server;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Reflection;

/// <summary>
/// <c>grpc.reflection.v1</c> and <c>v1alpha</c>: tells clients that have no protos (grpcurl and the like) what the server
/// serves. Mapped last, it describes every service that is mapped by then, and itself.
/// </summary>
public static class ReflectionService
{
    /// <summary>Serves reflection over all services mapped so far.</summary>
    /// <param name="methods">The server's methods.</param>
    public static GrpcMethods MapReflection(this GrpcMethods methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        var v1 = ReflectionReflection.Descriptor.Services[0];
        var v1Alpha = ReflectionV1Alpha.Descriptor.Services[0];
        ServiceDescriptor[] services = [.. methods.Services, v1, v1Alpha];
        var answers = new ReflectionAnswers(
            [.. services.Select(service => service.FullName).Order(StringComparer.Ordinal)],
            new DescriptorIndex(services.Select(service => service.File)));

        // The two versions differ in the package's name alone, so both are read and written as v1.
        foreach (var method in new[] { v1.Methods[0], v1Alpha.Methods[0] })
        {
            methods.MapDuplexStreaming<ServerReflectionRequest, ServerReflectionResponse>(
                method,
                ServerReflectionRequest.Parser,
                (requests, responses, context) => Serve(answers, requests, responses, context));
        }

        return methods;
    }

    private static async Task Serve(
        ReflectionAnswers answers,
        IAsyncEnumerable<ServerReflectionRequest> requests,
        IServerStreamWriter<ServerReflectionResponse> responses,
        ServerCallContext context)
    {
        await foreach (var request in requests.WithCancellation(context.CancellationToken))
        {
            await responses.WriteAsync(answers.Answer(request), cancellationToken: context.CancellationToken);
        }
    }
}
