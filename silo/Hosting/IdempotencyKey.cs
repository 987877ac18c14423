namespace Cluster.Silo.Hosting;

/// <summary>Under what a mutating call's answer is recorded (money rule: nothing is done twice because a client retried).</summary>
/// <param name="Grain">The grain that the call changes.</param>
/// <param name="RequestId">Chosen by the client, 1 to 128 characters.</param>
/// <param name="Method">The rpc's full name.</param>
/// <param name="RequestHash">SHA-256 of the serialized request; another hash under the same id is another request.</param>
public sealed record IdempotencyKey(GrainId Grain, string RequestId, string Method, ReadOnlyMemory<byte> RequestHash);
