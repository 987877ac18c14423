using System.Security.Cryptography;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;

namespace Cluster.Silo.Hosting.Invocation;

/// <summary>Gives a request that was answered before the same answer again (money rule 4).</summary>
internal sealed class AnsweredRequests(IRequestStore store)
{
    public const int LongestRequestId = 128;

    /// <summary>How the ids of lanes' own requests begin: a client that took one would stand in the way of its funding.</summary>
    public const string LanesPrefix = "lane:";

    /// <summary>Under what the answer to a request is recorded.</summary>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: no request id, or not a usable one.</exception>
    public static IdempotencyKey KeyOf(Operation operation, GrainId grain, IMessage request, Caller caller)
    {
        var requestId = operation.RequestIdOf(request);
        return requestId.Length switch
        {
            0 => throw new ClusterException(
                StatusCode.InvalidArgument,
                $"{operation.Name} needs a request_id: choose one, keep it, and send the same again when you retry."),
            > LongestRequestId => throw new ClusterException(
                StatusCode.InvalidArgument,
                $"The request_id of {operation.Name} has {requestId.Length} characters; at most {LongestRequestId} are allowed."),
            _ when requestId.AsSpan().ContainsAnyInRange('\0', '\x1f') => throw new ClusterException(
                StatusCode.InvalidArgument, $"The request_id of {operation.Name} holds a control character."),
            _ when !caller.IsSystem && requestId.StartsWith(LanesPrefix, StringComparison.Ordinal) => throw new ClusterException(
                StatusCode.InvalidArgument,
                $"The request_id of {operation.Name} begins with {LanesPrefix}, as only the cluster's own do; choose another."),
            _ => new IdempotencyKey(grain, requestId, operation.FullName, SHA256.HashData(request.ToByteArray())),
        };
    }

    /// <summary>The recorded answer; null where the request is new.</summary>
    /// <exception cref="ClusterException"><see cref="StatusCode.AlreadyExists"/>: the id was used for another request.</exception>
    public async Task<ReadOnlyMemory<byte>?> Find(IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await store.Find(key.Grain, key.RequestId, cancellationToken) is not { } recorded)
        {
            return null;
        }

        if (recorded.Method != key.Method || !recorded.RequestHash.Span.SequenceEqual(key.RequestHash.Span))
        {
            throw new ClusterException(
                StatusCode.AlreadyExists,
                $"request_id {key.RequestId} was used for another request ({recorded.Method}) to {key.Grain}: choose a new one.");
        }

        return recorded.Reply;
    }
}
