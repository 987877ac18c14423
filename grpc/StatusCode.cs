namespace Cluster.Grpc;

/// <summary>
/// The seventeen canonical outcomes of a call
/// (<see href="https://github.com/grpc/grpc/blob/master/doc/statuscodes.md">gRPC status codes</see>).
/// </summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The caller gave the call up.</summary>
    Cancelled = 1,

    /// <summary>Something failed and nothing more is known.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first; the call may still have taken effect.</summary>
    DeadlineExceeded = 4,

    /// <summary>What the request names does not exist.</summary>
    NotFound = 5,

    /// <summary>What the request creates exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a queue or a size limit is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the operation needs; repeating it alone does not help.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrent change won; the whole read-modify-write may be repeated.</summary>
    Aborted = 10,

    /// <summary>The request reaches past the end of a valid range.</summary>
    OutOfRange = 11,

    /// <summary>The method does not exist here or does not take what was sent.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken, or what was sent cannot be read.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached at the moment.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt beyond recovery.</summary>
    DataLoss = 15,

    /// <summary>The caller has not proved who they are.</summary>
    Unauthenticated = 16,
}
