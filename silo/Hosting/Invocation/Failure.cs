using Cluster.Silo.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cluster.Silo.Hosting.Invocation;

/// <summary>What an exception that escaped an operation means: the one place where errors become answers.</summary>
/// <param name="Error">For the caller.</param>
/// <param name="SparesActivation">Whether the grain's state in memory can still be what was committed.</param>
/// <param name="IsStale">Whether nothing was committed because another activation was first: the turn may run again.</param>
internal readonly record struct Failure(ClusterException Error, bool SparesActivation, bool IsStale = false)
{
    /// <summary>Judges what a turn or a query threw, and logs what the caller is not told.</summary>
    /// <param name="error">What escaped.</param>
    /// <param name="operation">What ran, for people.</param>
    /// <param name="readOnly">Whether it could have changed anything.</param>
    /// <param name="call">The call.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets the detail, under the request's id.</param>
    public static Failure Of(Exception error, string operation, bool readOnly, Call call, TimeProvider time, ILogger logger)
    {
        switch (error)
        {
            case ClusterException refusal:
                return new(refusal, SparesActivation: true);

            case StaleVersionException:
                return new(
                    new ClusterException(StatusCode.Aborted, $"{operation}: a concurrent change was first, nothing was changed by this call; make it again.", error),
                    SparesActivation: false,
                    IsStale: true);

            case OperationCanceledException when call.Cancellation.IsCancellationRequested:
                return new(GivenUp(operation, readOnly ? "" : "; the change may have been made", call, time, error), SparesActivation: readOnly);

            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire }:
                return new(
                    new ClusterException(StatusCode.InvalidArgument, $"{operation}: a text holds a character that cannot be stored, such as NUL.", error),
                    SparesActivation: false);

            case NpgsqlException away when IsAway(away):
                HostLog.DatabaseAway(logger, operation, call.RequestId, away);
                return new(
                    new ClusterException(
                        StatusCode.Unavailable,
                        $"{operation}: the database cannot be reached. Make the call again; where it has a request_id, with the same one.",
                        error),
                    SparesActivation: false);

            default:
                HostLog.OperationFailed(logger, operation, call.RequestId, error);
                return new(
                    new ClusterException(StatusCode.Internal, $"{operation}: internal error; details are in the log under request id {call.RequestId}.", error),
                    SparesActivation: false);
        }
    }

    /// <summary>The answer to a caller who has gone or whose deadline has passed.</summary>
    public static ClusterException GivenUp(string what, string detail, Call call, TimeProvider time, Exception? cause = null) =>
        CallDeadline.HasPassed(call, time)
            ? new ClusterException(StatusCode.DeadlineExceeded, $"{what}: the deadline passed{detail}.", cause)
            : new ClusterException(StatusCode.Cancelled, $"{what}: the caller gave up{detail}.", cause);

    /// <summary>Class 57P is what a server says that is being stopped or that crashed.</summary>
    private static bool IsAway(NpgsqlException error) =>
        error is not NpgsqlOperationInProgressException
        && (error.IsTransient || error.SqlState is null || error.SqlState.StartsWith("57P", StringComparison.Ordinal));
}
