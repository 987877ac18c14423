using Cluster.Gateway.Access;
using Cluster.Silo.Hosting;

namespace Cluster.Gateway.Grpc;

/// <summary>A gRPC call that was let in, until it ends.</summary>
internal sealed class GrpcCall(Call call, Admitted admitted) : IDisposable
{
    /// <summary>What travels with it.</summary>
    public Call Call => call;

    public void Dispose() => admitted.Dispose();
}
