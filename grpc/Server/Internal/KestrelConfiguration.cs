using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Cluster.Grpc.Server.Internal;

/// <summary>Hands to Kestrel what concerns connections rather than calls.</summary>
internal sealed class KestrelConfiguration(IOptions<GrpcServerOptions> grpc) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.Http2.KeepAlivePingDelay = grpc.Value.KeepAlivePingDelay;
        options.Limits.Http2.KeepAlivePingTimeout = grpc.Value.KeepAlivePingTimeout;
        options.Limits.Http2.MaxStreamsPerConnection = grpc.Value.MaxStreamsPerConnection;
    }
}
