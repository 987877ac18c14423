using Microsoft.Extensions.Logging;

namespace Cluster.Grpc.Server.Internal;

/// <summary>What all calls of a server share.</summary>
/// <param name="Options">The validated options.</param>
/// <param name="Clock">The clock of deadlines.</param>
/// <param name="Logger">The library's one logger.</param>
/// <param name="Stopping">Fires when the host begins to stop.</param>
internal sealed record CallSettings(GrpcServerOptions Options, TimeProvider Clock, ILogger Logger, CancellationToken Stopping);
