using System.Diagnostics;

namespace Cluster.Silo.Hosting;

/// <summary>What travels with a call beside its request, from the caller through every grain that it reaches.</summary>
/// <param name="Caller">On whose behalf.</param>
/// <param name="RequestId">The client's id of the request, or one made at the edge; in every log line.</param>
/// <param name="Deadline">When the caller stops waiting; null where it leaves that to the host, which gives every call that has to wait a deadline.</param>
/// <param name="Trace">The span that the call belongs to.</param>
/// <param name="Cancellation">Cancelled when the caller gives up or the deadline passes.</param>
public sealed record Call(
    Caller Caller,
    string RequestId,
    DateTimeOffset? Deadline = null,
    ActivityContext Trace = default,
    CancellationToken Cancellation = default)
{
    /// <summary>
    /// Under what the answer is recorded so that the same request gives it again; null where the rpc changes nothing
    /// or its request has no <c>request_id</c>. Set by the host before the grain's method runs.
    /// </summary>
    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>A call that a part of the silo makes on its own.</summary>
    /// <param name="part">For example <c>sender</c>.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Call System(string part, CancellationToken cancellation = default) =>
        new(Caller.System(part), $"{part}-{Guid.NewGuid():n}", Cancellation: cancellation);

    /// <summary>The span that is current while the callee runs; null where nobody listens.</summary>
    internal Activity? Span { get; init; }

    /// <summary>Fires <see cref="Cancellation"/> at the deadline, where a host has seen to it.</summary>
    internal CallDeadline? Armed { get; init; }
}
