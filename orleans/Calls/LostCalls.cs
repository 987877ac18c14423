using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using GrainId = Cluster.Silo.Hosting.GrainId;

namespace Cluster.OrleansHost.Calls;

/// <summary>
/// What it means when Orleans fails a call: a silo died with it, the connection broke, nobody hosts the grain. The one
/// place where Orleans' exceptions become answers.
/// </summary>
internal sealed class LostCalls(IClusterManifestProvider manifests, ILogger<LostCalls> logger)
{
    /// <summary>The answer for the caller. A call that was lost may have been made: unknown is not failed.</summary>
    public ClusterException Explain(Exception error, Operation operation, GrainId grain, Call call)
    {
        if (!IsHosted(grain.Type))
        {
            var unknown = operation.ReadOnly ? "" : " The change may have been made: where the call has a request_id, use the same one.";
            return new(StatusCode.Unavailable, $"{operation.Name} of {grain}: {SiloRole.Missing(grain.Type)}{unknown}", error);
        }

        if (IsLoss(error))
        {
            OrleansLog.CallLost(logger, operation.Name, grain, call.RequestId, error);
            return new(
                StatusCode.Unavailable,
                operation.ReadOnly
                    ? $"{operation.Name} of {grain}: its silo cannot be reached; make the call again."
                    : $"{operation.Name} of {grain}: its silo was lost before it answered; the change may have been made. Make the call again, with the same request_id where it has one.",
                error);
        }

        OrleansLog.CallBroken(logger, operation.Name, grain, call.RequestId, error);
        return new(StatusCode.Internal, $"{operation.Name}: internal error; details are in the log under request id {call.RequestId}.", error);
    }

    /// <summary>Whether the call, or its answer, was lost on its way.</summary>
    public static bool IsLoss(Exception error) =>
        error is OrleansException or TimeoutException or OperationCanceledException or IOException or ObjectDisposedException;

    /// <summary>Whether a silo of the cluster hosts grains of a type.</summary>
    public bool IsHosted(string grainType)
    {
        var type = GrainType.Create(grainType);
        return manifests.Current.AllGrainManifests.Any(manifest => manifest.Grains.ContainsKey(type));
    }
}
