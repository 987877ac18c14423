using Microsoft.Extensions.Logging;

namespace Cluster.Grpc.Server.Internal;

/// <summary>What all calls of a server share.</summary>
internal sealed record CallSettings(GrpcServerOptions Options, TimeProvider Clock, ILogger Logger);
