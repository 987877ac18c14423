using Cluster.Gateway.Access;
using Cluster.Gateway.Operations;
using Cluster.Grpc.Server;
using Cluster.Silo.Hosting;
using Google.Protobuf;

namespace Cluster.Gateway.Grpc;

/// <summary>A gRPC call that was let in, until it ends.</summary>
internal sealed class GrpcCall(string requestId, Visitor visitor) : IDisposable
{
    /// <summary>Names the call in logs.</summary>
    public string RequestId => requestId;

    /// <summary>Lets it on, once it is known what it is about.</summary>
    /// <param name="admission">The gate.</param>
    /// <param name="request">The request; of a stream of them, the first; null where there is none.</param>
    /// <param name="context">The call.</param>
    /// <exception cref="ClusterException">Its sender may not do this.</exception>
    public async ValueTask<Call> Authorize(Admission admission, IMessage? request, ServerCallContext context)
    {
        var headers = context.HttpContext.Request.Headers;
        return new Call(
            await admission.Authorize(visitor, request, context.CancellationToken),
            requestId,
            context.Deadline,
            EdgeCall.TraceOf(headers.TraceParent, headers.TraceState),
            context.CancellationToken);
    }

    public void Dispose() => visitor.Dispose();
}
