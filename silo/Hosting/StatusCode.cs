namespace Cluster.Silo.Hosting;

/// <summary>What became of a call, by gRPC's numbers.</summary>
/// <remarks>Source: https://grpc.io/docs/guides/status-codes/</remarks>
public enum StatusCode
{
    /// <summary>Success.</summary>
    Ok = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>An error of unknown origin.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first; the change may have been made.</summary>
    DeadlineExceeded = 4,

    /// <summary>There is no such thing.</summary>
    NotFound = 5,

    /// <summary>The id is taken, or the request id was used for another request.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a mailbox or a limit is full.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrent change won; the call may be made again.</summary>
    Aborted = 10,

    /// <summary>Past the end of a range.</summary>
    OutOfRange = 11,

    /// <summary>There is no such operation.</summary>
    Unimplemented = 12,

    /// <summary>A defect; details are in the log under the request's id.</summary>
    Internal = 13,

    /// <summary>Not now; the call may be made again.</summary>
    Unavailable = 14,

    /// <summary>Data was lost or damaged beyond repair.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
